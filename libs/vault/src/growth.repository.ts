import { type Branch } from './branch.js';
import { type IndexEntry } from './index.repository.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type NewPack } from './keys.repository.js';
import { type Node } from './node.js';
import { type Tree } from './vault.js';

/** What is to be added to a tree, and its branches as they are with it. */
export type Growth = {
  readonly tree: Tree;
  readonly branches: readonly Branch[];
  readonly nodes: readonly Node[];
  readonly packs: readonly NewPack[];
  readonly entries: readonly IndexEntry[];
};

const STORE = `
  with grown_branch as (
    insert into branch (tenant_id, tree, level, place, version, used, is_open, sealed)
    select $1, $2, new.level, new.place, new.version, new.used, new.used <> -1, new.sealed
    from unnest($3::int[], $4::bigint[], $5::int[], $6::int[], $7::bytea[])
      as new (level, place, version, used, sealed)
    on conflict (tenant_id, tree, level, place) do update
    set version = excluded.version, used = excluded.used, is_open = excluded.is_open, sealed = excluded.sealed
  ), grown_node as (
    insert into node (tenant_id, tree, owner, place, key_version, generation)
    select $1, $2, new.* from unnest($8::uuid[], $9::bigint[], $10::int[], $11::int[]) as new
  ), grown_pack as (
    insert into pack (tenant_id, pack_id, owner, generation, labels, sealed, expires_at)
    select $1, new.pack_id, new.owner, new.generation, new.labels::text[], new.sealed, new.expires_at
    from unnest($12::uuid[], $13::uuid[], $14::int[], $15::text[], $16::bytea[], $17::timestamptz[])
      as new (pack_id, owner, generation, labels, sealed, expires_at)
  )
  insert into index_entry (tenant_id, generation, tag, owner, type, key_id)
  select $1, new.* from unnest($18::int[], $19::bytea[], $20::uuid[], $21::text[], $22::uuid[]) as new
  on conflict (tenant_id, generation, tag, owner) do update set key_id = excluded.key_id
  where index_entry.key_id <> excluded.key_id`;

/**
 * Stores branches, nodes, packs and index entries in one statement, which goes with the commit; an entry that is there
 * already moves to its new key, so that it lives as long as that. The caller holds every branch, and every owner: by its
 * external id's tag, or by its own lock.
 */
export function storeGrowth(tx: KeyStoreTx, { tree, branches, nodes, packs, entries }: Growth): void {
  tx.send(
    STORE,
    tree,
    branches.map(({ level }) => level),
    branches.map(({ place }) => place),
    branches.map(({ version }) => version),
    branches.map(({ used }) => used),
    branches.map(({ sealed }) => sealed),
    nodes.map(({ owner }) => owner),
    nodes.map(({ place }) => place),
    nodes.map(({ keyVersion }) => keyVersion),
    nodes.map(({ generation }) => generation),
    packs.map(({ packId }) => packId),
    packs.map(({ owner }) => owner),
    packs.map(({ generation }) => generation),
    packs.map(({ labels }) => arrayLiteral(labels)),
    packs.map(({ sealed }) => sealed),
    packs.map(({ expiresAt }) => expiresAt),
    entries.map(({ generation }) => generation),
    entries.map(({ tag }) => tag),
    entries.map(({ owner }) => owner),
    entries.map(({ type }) => type),
    entries.map(({ keyId }) => keyId),
  );
}

/** Labels as PostgreSQL writes an array, since arrays of arrays do not travel when their lengths differ. */
export const arrayLiteral = (labels: readonly (string | null)[]): string =>
  `{${labels.map((label) => (label === null ? 'NULL' : `"${label.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
