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

/** Makes other claims of this tag wait for the end of this transaction. Two tags may share a lock. */
export async function lockTag(tx: KeyStoreTx, tag: Buffer): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtext($1), $2)', tag.readInt32BE(0));
}

/** Adds entries; one that is there already moves to its new leaf, so that it lives as long as that. */
export async function upsertEntries(tx: KeyStoreTx, entries: readonly IndexEntry[]): Promise<void> {
  const sorted = [...entries].sort((left, right) => Buffer.compare(left.tag, right.tag));
  await tx.query(
    `insert into index_entry (tenant_id, type, tag, owner, key_id)
     select $1, new.* from unnest($2::text[], $3::bytea[], $4::uuid[], $5::uuid[]) as new
     on conflict (tenant_id, type, tag, owner) do update set key_id = excluded.key_id
     where index_entry.key_id <> excluded.key_id`,
    sorted.map((entry) => entry.type),
    sorted.map((entry) => entry.tag),
    sorted.map((entry) => entry.owner),
    sorted.map((entry) => entry.keyId),
  );
}

/** Counts the owner's leaves and index entries. */
export async function countLeft(tx: KeyStoreTx, owner: Owner): Promise<Remaining> {
  const [row] = await tx.query(
    `select (select count(*) from leaf where tenant_id = $1 and owner = $2)::int as keys,
            (select count(*) from index_entry where tenant_id = $1 and owner = $2)::int as entries`,
    owner,
  );
  return { keys: row?.keys as number, indexEntries: row?.entries as number };
}
