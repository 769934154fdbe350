import { type IndexEntry } from './index.repository.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type NewPack } from './keys.repository.js';
import { type WrappedNode } from './wrap.js';

/** What a batch of admissions adds to the key store. */
export type Grown = {
  readonly nodes: readonly WrappedNode[];
  readonly packs: readonly NewPack[];
  readonly entries: readonly IndexEntry[];
};

const INSERT = `
  with grown_node as (
    insert into node (tenant_id, owner, root_id, key_version, wrapped_key)
    select $1, new.* from unnest($2::uuid[], $3::uuid[], $4::int[], $5::bytea[]) as new
  ), grown_pack as (
    insert into pack (tenant_id, pack_id, owner, generation, labels, sealed)
    select $1, new.pack_id, new.owner, new.generation, new.labels::text[], new.sealed
    from unnest($6::uuid[], $7::uuid[], $8::int[], $9::text[], $10::bytea[])
      as new (pack_id, owner, generation, labels, sealed)
  )
  insert into index_entry (tenant_id, type, tag, owner, key_id)
  select $1, new.* from unnest($11::text[], $12::bytea[], $13::uuid[], $14::uuid[]) as new
  on conflict (tenant_id, type, tag, owner) do update set key_id = excluded.key_id
  where index_entry.key_id <> excluded.key_id`;

/**
 * Adds nodes, packs and index entries in one statement; an entry that is there already moves to its new key, so
 * that it lives as long as that. The caller holds every owner: by its external id's tag, or by its node.
 */
export async function insertGrown(tx: KeyStoreTx, { nodes, packs, entries }: Grown): Promise<void> {
  await tx.query(
    INSERT,
    nodes.map(({ owner }) => owner),
    nodes.map(({ rootId }) => rootId),
    nodes.map(({ keyVersion }) => keyVersion),
    nodes.map(({ wrapped }) => wrapped),
    packs.map(({ packId }) => packId),
    packs.map(({ owner }) => owner),
    packs.map(({ generation }) => generation),
    packs.map(({ labels }) => arrayLiteral(labels)),
    packs.map(({ sealed }) => sealed),
    entries.map(({ type }) => type),
    entries.map(({ tag }) => tag),
    entries.map(({ owner }) => owner),
    entries.map(({ keyId }) => keyId),
  );
}

/** Labels as PostgreSQL writes an array, since arrays of arrays do not travel when their lengths differ. */
export const arrayLiteral = (labels: readonly (string | null)[]): string =>
  `{${labels.map((label) => (label === null ? 'NULL' : `"${label.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
