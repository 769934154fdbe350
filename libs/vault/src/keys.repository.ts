import { type KeyId } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { type RootId } from './keyring.js';
import { type Owner } from './vault.js';
import { type WrappedLeaf, type WrappedNode } from './wrap.js';

/** A wrapped data key together with the wrapped node above it. */
export type Path = { readonly node: WrappedNode; readonly leaf: WrappedLeaf };

/** What hangs below a tenant's root for one owner: its node, if there is one, and the leaves asked for. */
export type Branch = {
  readonly rootId: RootId;
  readonly generation: number;
  readonly node: WrappedNode | null;
  readonly leaves: ReadonlyMap<string, WrappedLeaf>;
};

export type NewLeaf = WrappedLeaf & { readonly label: string; readonly expiresAt: Date | null };

type Row = Record<string, unknown>;

const NODE = 'n.owner, n.root_id, n.key_version, n.wrapped_key as node_key';
const LEAF = 'l.key_id, l.wrapped_key as leaf_key';

/** The leaves of these ids that exist, each with its node, in one query. */
export async function findPaths(tx: KeyStoreTx, keyIds: readonly KeyId[]): Promise<Map<KeyId, Path>> {
  const rows = await tx.query(
    `select ${NODE}, ${LEAF} from leaf l join node n using (tenant_id, owner)
     where l.tenant_id = $1 and l.key_id = any($2::uuid[])`,
    keyIds,
  );
  return new Map(rows.map((row) => [row.key_id as KeyId, { node: toNode(row), leaf: toLeaf(row) }]));
}

/** The owner's branch with the leaves for these labels, in one query; null when the tenant is not open. */
export async function findBranch(
  tx: KeyStoreTx,
  owner: Owner,
  labels: readonly string[],
): Promise<Branch | null> {
  const rows = await tx.query(
    `select r.root_id as current_root, n.generation, ${NODE}, l.label, ${LEAF}
     from tenant_root r
     left join node n on n.tenant_id = r.tenant_id and n.owner = $2
     left join leaf l on l.tenant_id = n.tenant_id and l.owner = n.owner and l.generation = n.generation
                     and l.label = any($3::text[])
     where r.tenant_id = $1 and (r.opened_at is not null or $2 = r.tenant_id)`,
    owner,
    labels,
  );
  const [first] = rows;
  if (first === undefined) return null;
  const held = rows.filter((row) => row.key_id !== null);
  return {
    rootId: first.current_root as RootId,
    generation: (first.generation as number | null) ?? 1,
    node: first.owner === null ? null : toNode(first),
    leaves: new Map(held.map((row) => [row.label as string, toLeaf(row)])),
  };
}

/** Adds a node and says whether it is the owner's: another process may have been first. */
export async function insertNode(tx: KeyStoreTx, node: WrappedNode): Promise<boolean> {
  const rows = await tx.query(
    `insert into node (tenant_id, owner, root_id, key_version, wrapped_key) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning owner`,
    node.owner,
    node.rootId,
    node.keyVersion,
    node.wrapped,
  );
  return rows.length === 1;
}

/** Adds leaves and says whether all are the owner's: another process may have been first with some. */
export async function insertLeaves(
  tx: KeyStoreTx,
  generation: number,
  leaves: readonly NewLeaf[],
): Promise<boolean> {
  const rows = await tx.query(
    `insert into leaf (tenant_id, generation, key_id, owner, label, wrapped_key, expires_at)
     select $1, $2, new.* from unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::timestamptz[]) as new
     on conflict do nothing returning key_id`,
    generation,
    leaves.map((leaf) => leaf.keyId),
    leaves.map((leaf) => leaf.owner),
    leaves.map((leaf) => leaf.label),
    leaves.map((leaf) => leaf.wrapped),
    leaves.map((leaf) => leaf.expiresAt),
  );
  return rows.length === leaves.length;
}

/** Every key of the owner, in the order of their ids. */
export async function keysOf(
  tx: KeyStoreTx,
  owner: Owner,
  labels: readonly string[] | null = null,
): Promise<KeyId[]> {
  const rows = await tx.query(
    `select key_id from leaf
     where tenant_id = $1 and owner = $2 and ($3::text[] is null or label = any($3::text[]))
     order by key_id`,
    owner,
    labels,
  );
  return rows.map((row) => row.key_id as KeyId);
}

/** A node from a row that selects it. */
export const toNode = (row: Row): WrappedNode => ({
  owner: row.owner as Owner,
  rootId: row.root_id as RootId,
  keyVersion: row.key_version as number,
  wrapped: row.node_key as Buffer,
});

/** A leaf from a row that selects it. */
export const toLeaf = (row: Row): WrappedLeaf => ({
  keyId: row.key_id as KeyId,
  owner: row.owner as Owner,
  wrapped: row.leaf_key as Buffer,
});
