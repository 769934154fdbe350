import { type KeyId, type SubjectId } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { type IdentityType, type Owner, type Remaining } from './vault.js';

export type IndexEntry = {
  readonly type: IdentityType;
  readonly tag: Buffer;
  readonly owner: SubjectId;
  readonly keyId: KeyId;
};

/** The subjects known by a tag, oldest first. */
export async function findOwners(tx: KeyStoreTx, type: IdentityType, tag: Buffer): Promise<SubjectId[]> {
  const rows = await tx.query(
    'select owner from index_entry where tenant_id = $1 and type = $2 and tag = $3 order by owner',
    type,
    tag,
  );
  return rows.map((row) => row.owner as SubjectId);
}

/**
 * Makes other claims of these external ids wait for the end of this transaction, always in the same order, so that
 * two batches cannot wait for each other; then says, by the tag in hex, who has which, in a statement of its own
 * that sees what earlier holders left. Two tags may share a lock.
 */
export async function claimTags(tx: KeyStoreTx, tags: readonly Buffer[]): Promise<Map<string, SubjectId>> {
  const locks = [...new Set(tags.map((tag) => tag.readInt32BE(0)))].sort((left, right) => left - right);
  const list = tags.map((tag) => `'\\x${tag.toString('hex')}'`).join(',');
  const [, rows = []] = await tx.script(
    `select pg_advisory_xact_lock(hashtext('${tx.tenantId}'), lock) from unnest('{${locks.join(',')}}'::int[]) as lock;
     select tag, owner from index_entry
     where tenant_id = '${tx.tenantId}' and type = 'EXTERNAL_ID' and tag in (${list})`,
  );
  return new Map(rows.map((row) => [(row.tag as Buffer).toString('hex'), row.owner as SubjectId]));
}

/** Counts the owner's keys and index entries. */
export async function countLeft(tx: KeyStoreTx, owner: Owner): Promise<Remaining> {
  const [row] = await tx.query(
    `select (select coalesce(sum(cardinality(array_remove(labels, null))), 0) from pack
             where tenant_id = $1 and owner = $2)::int as keys,
            (select count(*) from index_entry where tenant_id = $1 and owner = $2)::int as entries`,
    owner,
  );
  return { keys: row?.keys as number, indexEntries: row?.entries as number };
}
