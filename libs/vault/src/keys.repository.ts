import { type KeyId, type TenantId } from '@personr/kernel';
import { groupBy } from './group-by.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type RootId } from './keyring.js';
import { keysIn, type Pack, type PackId } from './pack.js';
import { type Owner } from './vault.js';
import { type WrappedNode } from './wrap.js';

/** A pack of data keys together with the wrapped node above it. */
export type Path = { readonly node: WrappedNode; readonly pack: Pack };

/** What hangs below a tenant's root for one owner: its node, if there is one, and the packs asked for. */
export type Branch = {
  readonly rootId: RootId;
  readonly generation: number;
  readonly node: WrappedNode | null;
  readonly packs: readonly Pack[];
};

export type NewPack = Pack & { readonly generation: number; readonly expiresAt: Date | null };

type Row = Record<string, unknown>;

const NODE = 'n.owner, n.root_id, n.key_version, n.wrapped_key as node_key';
const PACK = 'p.pack_id, p.labels, p.sealed';

/** The packs of these ids that exist, each with its node, in one query. */
export async function findPaths(tx: KeyStoreTx, packIds: readonly PackId[]): Promise<Map<PackId, Path>> {
  const rows = await tx.query(
    `select ${NODE}, ${PACK} from pack p join node n using (tenant_id, owner)
     where p.tenant_id = $1 and p.pack_id = any($2::uuid[])`,
    packIds,
  );
  return new Map(rows.map((row) => [row.pack_id as PackId, toPath(row)]));
}

/** The owner's branch with the packs that hold any of these labels, in one query; null when the tenant is not open. */
export async function findBranch(
  tx: KeyStoreTx,
  owner: Owner,
  labels: readonly string[],
): Promise<Branch | null> {
  const rows = await tx.query(
    `select r.root_id as current_root, n.generation, ${NODE}, ${PACK}
     from tenant_root r
     left join node n on n.tenant_id = r.tenant_id and n.owner = $2
     left join pack p on p.tenant_id = n.tenant_id and p.owner = n.owner and p.generation = n.generation
                     and p.labels && $3::text[]
     where r.tenant_id = $1 and (r.opened_at is not null or $2 = r.tenant_id)`,
    owner,
    labels,
  );
  const [first] = rows;
  return first === undefined ? null : toBranch(first.current_root as RootId, rows);
}

/** The statement that reads the house's branch with its key for one label, to go with the message that begins. */
export const houseBranch = (tenantId: TenantId, label: string): string => `
  select r.root_id as current_root, n.generation, ${NODE}, ${PACK}
  from tenant_root r
  join node n on n.tenant_id = r.tenant_id and n.owner = r.tenant_id
  join pack p on p.tenant_id = n.tenant_id and p.owner = n.owner and p.generation = n.generation
             and '${label}' = any(p.labels)
  where r.tenant_id = '${tenantId}'`;

/** The branch that `houseBranch` read; null when the tenant is not open. */
export function toHouse([row]: readonly Row[]): (Path & { readonly rootId: RootId }) | null {
  return row === undefined ? null : { rootId: row.current_root as RootId, ...toPath(row) };
}

/**
 * Keeps others from adding keys to these owners until the transaction ends, in the order of their ids, and reads
 * what they have then. An owner without a node is left out.
 */
export async function holdBranches(
  tx: KeyStoreTx,
  rootId: RootId,
  owners: readonly Owner[],
): Promise<Map<Owner, Branch>> {
  if (owners.length === 0) return new Map();
  await tx.query(
    'select from node where tenant_id = $1 and owner = any($2::uuid[]) order by owner for no key update',
    owners,
  );
  const rows = await tx.query(
    `select n.generation, ${NODE}, ${PACK} from node n
     left join pack p on p.tenant_id = n.tenant_id and p.owner = n.owner and p.generation = n.generation
     where n.tenant_id = $1 and n.owner = any($2::uuid[])`,
    owners,
  );
  const grouped = groupBy(rows, (row) => row.owner as Owner);
  return new Map([...grouped].map(([owner, list]) => [owner, toBranch(rootId, list)]));
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

/** Adds a pack. The owner's node is the transaction's own, or held. */
export async function insertPack(tx: KeyStoreTx, pack: NewPack): Promise<void> {
  await tx.query(
    `insert into pack (tenant_id, pack_id, owner, generation, labels, sealed, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    pack.packId,
    pack.owner,
    pack.generation,
    pack.labels,
    pack.sealed,
    pack.expiresAt,
  );
}

/** Every key of the owner, in the order of their ids. */
export async function keysOf(
  tx: KeyStoreTx,
  owner: Owner,
  labels: readonly string[] | null = null,
): Promise<KeyId[]> {
  const rows = await tx.query(
    'select p.pack_id, p.labels from pack p where p.tenant_id = $1 and p.owner = $2 order by p.pack_id',
    owner,
  );
  const keys = rows.flatMap((row) =>
    keysIn({ packId: row.pack_id as PackId, labels: row.labels as string[] }),
  );
  return keys.filter(([label]) => labels === null || labels.includes(label)).map(([, keyId]) => keyId);
}

function toBranch(rootId: RootId, rows: readonly Row[]): Branch {
  const [first] = rows;
  return {
    rootId,
    generation: (first?.generation as number | null | undefined) ?? 1,
    node: first?.owner == null ? null : toNode(first),
    packs: rows.filter((row) => row.pack_id !== null).map(toPack),
  };
}

/** A node with a pack from a row that selects both. */
export const toPath = (row: Row): Path => ({ node: toNode(row), pack: toPack(row) });

/** A node from a row that selects it. */
export const toNode = (row: Row): WrappedNode => ({
  owner: row.owner as Owner,
  rootId: row.root_id as RootId,
  keyVersion: row.key_version as number,
  wrapped: row.node_key as Buffer,
});

/** A pack from a row that selects it. */
export const toPack = (row: Row): Pack => ({
  packId: row.pack_id as PackId,
  owner: row.owner as Owner,
  labels: row.labels as (string | null)[],
  sealed: row.sealed as Buffer,
});
