import { type KeyId, type SubjectId } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { type IndexTag } from './open-index.js';
import { type IdentityType, type Owner } from './vault.js';
import { type Remaining } from './vault.erasure.js';

export type IndexEntry = IndexTag & {
  readonly type: IdentityType;
  readonly owner: SubjectId;
  readonly keyId: KeyId;
};

/** Who is known by these tags, oldest first: one entry for each owner of each tag. */
export async function findOwners(
  tx: KeyStoreTx,
  tags: readonly IndexTag[],
): Promise<(IndexTag & { readonly owner: SubjectId })[]> {
  const rows = await tx.query(
    `select distinct owner, generation, tag from index_entry
       join unnest($2::int[], $3::bytea[]) as asked (generation, tag) using (generation, tag)
     where tenant_id = $1 order by owner`,
    tags.map(({ generation }) => generation),
    tags.map(({ tag }) => tag),
  );
  return rows.map((row) => ({
    owner: row.owner as SubjectId,
    generation: row.generation as number,
    tag: row.tag as Buffer,
  }));
}

/**
 * Makes other claims of these external ids wait for the end of this transaction, always in the same order, so that
 * two batches cannot wait for each other; then says, by the tag in hex, who has which, in a statement of its own
 * that sees what earlier holders left. `macs` say what is claimed: two may share a lock. `tags` are those of every
 * generation, at least one; each is looked up by itself, whatever the server's statistics say.
 */
export async function claimTags(
  tx: KeyStoreTx,
  macs: readonly Buffer[],
  tags: readonly IndexTag[],
): Promise<Map<string, SubjectId>> {
  const locks = [...new Set(macs.map((mac) => mac.readInt32BE(0)))].sort((left, right) => left - right);
  const list = tags
    .map(({ generation, tag }) => `(${String(generation)},'\\x${tag.toString('hex')}'::bytea)`)
    .join(',');
  const [, rows = []] = await tx.script(
    `select pg_advisory_xact_lock(hashtext('${tx.tenantId}'), lock) from unnest('{${locks.join(',')}}'::int[]) as lock;
     select held.* from (values ${list}) as asked (generation, tag) cross join lateral (
       select tag, owner from index_entry
       where tenant_id = '${tx.tenantId}' and type = 'EXTERNAL_ID' and generation = asked.generation and tag = asked.tag
       limit 1) as held`,
  );
  return new Map(rows.map((row) => [(row.tag as Buffer).toString('hex'), row.owner as SubjectId]));
}

/** Counts the keys and index entries of each owner. One of whom nothing is left is left out. */
export async function countLeft(tx: KeyStoreTx, owners: readonly Owner[]): Promise<Map<Owner, Remaining>> {
  const rows = await tx.query(
    `select owner, sum(keys)::int as keys, sum(entries)::int as entries from (
       select owner, cardinality(array_remove(labels, null)) as keys, 0 as entries from pack
       where tenant_id = $1 and owner = any($2::uuid[])
       union all
       select owner, 0, 1 from index_entry where tenant_id = $1 and owner = any($2::uuid[])
     ) as held group by owner`,
    owners,
  );
  return new Map(
    rows.map((row) => [
      row.owner as Owner,
      { keys: row.keys as number, indexEntries: row.entries as number },
    ]),
  );
}

/** Locks so many entries of a generation and returns them; those that others hold are passed over. */
export async function holdEntries(tx: KeyStoreTx, generation: number, count: number): Promise<IndexEntry[]> {
  const rows = await tx.query(
    `select tag, owner, type, key_id from index_entry where tenant_id = $1 and generation = $2
     order by tag limit $3 for update skip locked`,
    generation,
    count,
  );
  return rows.map((row) => ({
    generation,
    tag: row.tag as Buffer,
    owner: row.owner as SubjectId,
    type: row.type as IdentityType,
    keyId: row.key_id as KeyId,
  }));
}

/** Moves held entries to another generation; one that is there already is not doubled. */
export async function moveEntries(
  tx: KeyStoreTx,
  held: readonly IndexEntry[],
  to: readonly IndexTag[],
): Promise<void> {
  await tx.query(
    `with gone as (
       delete from index_entry e using unnest($2::int[], $3::bytea[], $4::uuid[]) as old (generation, tag, owner)
       where e.tenant_id = $1 and e.generation = old.generation and e.tag = old.tag and e.owner = old.owner
     )
     insert into index_entry (tenant_id, generation, tag, owner, type, key_id)
     select $1, new.* from unnest($5::int[], $6::bytea[], $4::uuid[], $7::text[], $8::uuid[]) as new
     on conflict (tenant_id, generation, tag, owner) do nothing`,
    held.map(({ generation }) => generation),
    held.map(({ tag }) => tag),
    held.map(({ owner }) => owner),
    to.map(({ generation }) => generation),
    to.map(({ tag }) => tag),
    held.map(({ type }) => type),
    held.map(({ keyId }) => keyId),
  );
}

/** How many entries are left in a generation. */
export async function countEntries(tx: KeyStoreTx, generation: number): Promise<number> {
  const [row] = await tx.query(
    'select count(*)::int as count from index_entry where tenant_id = $1 and generation = $2',
    generation,
  );
  return row?.count as number;
}
