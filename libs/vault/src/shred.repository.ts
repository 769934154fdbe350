import { type KeyId } from '@personr/kernel';
import { INDEX_LABEL } from './house.js';
import { type KeyStoreTx } from './key-store.database.js';
import { toLeaf, toNode, type Path } from './keys.repository.js';
import { type RootId } from './keyring.js';
import { type Owner } from './vault.js';
import { type WrappedLeaf, type WrappedNode } from './wrap.js';

export type Dropped = { readonly keyId: KeyId; readonly owner: Owner };

/** Drops these leaves and the house leaves that have expired, with their index entries. Never the index key. */
export async function dropLeaves(tx: KeyStoreTx, keyIds: readonly KeyId[], now: Date): Promise<Dropped[]> {
  const rows = await tx.query(
    `with gone as (
       delete from leaf
       where tenant_id = $1 and (key_id = any($2::uuid[]) or expires_at <= $3) and label <> $4
       returning key_id, owner
     ), entries as (
       delete from index_entry where tenant_id = $1 and key_id in (select key_id from gone)
     )
     select key_id, owner from gone`,
    keyIds,
    now,
    INDEX_LABEL,
  );
  return rows.map((row) => ({ keyId: row.key_id as KeyId, owner: row.owner as Owner }));
}

/** Drops those of these owners' nodes that have no leaf left. */
export async function dropBareNodes(tx: KeyStoreTx, owners: readonly Owner[]): Promise<void> {
  await tx.query(
    `delete from node n where n.tenant_id = $1 and n.owner = any($2::uuid[])
     and not exists (select from leaf l where l.tenant_id = n.tenant_id and l.owner = n.owner)`,
    owners,
  );
}

/** The next nodes after an owner, ascending; from the first when `after` is null. */
export async function nodesAfter(tx: KeyStoreTx, after: Owner | null, count: number): Promise<WrappedNode[]> {
  const rows = await tx.query(
    `select owner, root_id, key_version, wrapped_key as node_key from node
     where tenant_id = $1 and ($2::uuid is null or owner > $2) order by owner limit $3`,
    after,
    count,
  );
  return rows.map(toNode);
}

/** Every leaf of these owners, of every generation. */
export async function leavesOf(tx: KeyStoreTx, owners: readonly Owner[]): Promise<WrappedLeaf[]> {
  if (owners.length === 0) return [];
  const rows = await tx.query(
    `select owner, key_id, wrapped_key as leaf_key from leaf where tenant_id = $1 and owner = any($2::uuid[])`,
    owners,
  );
  return rows.map(toLeaf);
}

/** Stores nodes that have been wrapped anew. */
export async function updateNodes(
  tx: KeyStoreTx,
  rootId: RootId,
  nodes: readonly WrappedNode[],
): Promise<void> {
  await tx.query(
    `update node n set root_id = $2, key_version = new.key_version, wrapped_key = new.wrapped_key
     from unnest($3::uuid[], $4::int[], $5::bytea[]) as new (owner, key_version, wrapped_key)
     where n.tenant_id = $1 and n.owner = new.owner`,
    rootId,
    nodes.map((node) => node.owner),
    nodes.map((node) => node.keyVersion),
    nodes.map((node) => node.wrapped),
  );
}

/** Stores leaves that have been wrapped anew. */
export async function updateLeaves(tx: KeyStoreTx, leaves: readonly WrappedLeaf[]): Promise<void> {
  if (leaves.length === 0) return;
  await tx.query(
    `update leaf l set wrapped_key = new.wrapped_key
     from unnest($2::uuid[], $3::bytea[]) as new (key_id, wrapped_key)
     where l.tenant_id = $1 and l.key_id = new.key_id`,
    leaves.map((leaf) => leaf.keyId),
    leaves.map((leaf) => leaf.wrapped),
  );
}

/** Leaves with their nodes to prove a root by: of the first and the last `count` nodes, and of these owners. */
export async function samplePaths(tx: KeyStoreTx, owners: readonly Owner[], count: number): Promise<Path[]> {
  const rows = await tx.query(
    `with sample as (
       (select owner from node where tenant_id = $1 order by owner limit $3)
       union (select owner from node where tenant_id = $1 order by owner desc limit $3)
       union select unnest($2::uuid[])
     )
     select n.owner, n.root_id, n.key_version, n.wrapped_key as node_key, l.key_id, l.wrapped_key as leaf_key
     from sample join node n using (owner) join leaf l using (tenant_id, owner) where n.tenant_id = $1`,
    owners,
    count,
  );
  return rows.map((row) => ({ node: toNode(row), leaf: toLeaf(row) }));
}
