import { DomainError, type TenantId } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { type RootId } from './keyring.js';
import { type Owner, type Tree } from './vault.js';

/** Both trees of a tenant. */
export const TREES: readonly Tree[] = ['SUBJECTS', 'REQUESTS'];

/** A tree as the key store knows it. `opened` says whether anything hangs below its root yet, `left` that it was given up. */
export type RootRow = {
  readonly tree: Tree;
  readonly rootId: RootId;
  readonly house: Owner;
  readonly height: number;
  readonly opened: boolean;
  readonly left: boolean;
};

const ROOT =
  'tree, root_id, house, height::int, opened_at is not null as opened, left_at is not null as left';

const FIND_ROOTS = `select ${ROOT} from tenant_root where tenant_id = $1 order by tree`;

/** Every tree of the tenant, those given up too. */
export async function findRoots(tx: KeyStoreTx): Promise<RootRow[]> {
  return (await tx.query(FIND_ROOTS)).map(toRoot);
}

const toRoot = (row: Record<string, unknown>): RootRow => ({
  tree: row.tree as Tree,
  rootId: row.root_id as RootId,
  house: row.house as Owner,
  height: row.height as number,
  opened: row.opened as boolean,
  left: row.left as boolean,
});

/** A tree of the tenant that is open; null when it is not. */
export async function findRoot(tx: KeyStoreTx, tree: Tree): Promise<RootRow | null> {
  const roots = await findRoots(tx);
  return roots.find((root) => root.tree === tree && root.opened && !root.left) ?? null;
}

/** Names the first root of a tree, before it is made. */
export async function insertRoot(
  tx: KeyStoreTx,
  { tree, rootId, house, height }: Pick<RootRow, 'tree' | 'rootId' | 'house' | 'height'>,
): Promise<void> {
  await tx.query(
    'insert into tenant_root (tenant_id, tree, root_id, house, height) values ($1, $2, $3, $4, $5)',
    tree,
    rootId,
    house,
    height,
  );
}

/** Declares a tree open: its root is on every replica and the house's keys hang below it. */
export async function markOpened(tx: KeyStoreTx, tree: Tree, at: Date): Promise<void> {
  await tx.query('update tenant_root set opened_at = $3 where tenant_id = $1 and tree = $2', tree, at);
}

/** Says how many levels of branches a tree has now. */
export async function setHeight(tx: KeyStoreTx, tree: Tree, height: number): Promise<void> {
  await tx.query('update tenant_root set height = $3 where tenant_id = $1 and tree = $2', tree, height);
}

/** Writes without changing: once this commits, every earlier commit is as durable as this one. */
export async function touchRoot(tx: KeyStoreTx): Promise<void> {
  await tx.query('update tenant_root set version = version where tenant_id = $1');
}

/** Gives a tree up: its root is retired and none comes after it. */
export async function leaveRoot(tx: KeyStoreTx, { tree, rootId }: RootRow, at: Date): Promise<void> {
  await tx.query(
    `with given_up as (
       update tenant_root set left_at = $4, version = version + 1
       where tenant_id = $1 and tree = $2 and left_at is null returning tenant_id
     )
     insert into retired_root (tenant_id, root_id, retired_at) select tenant_id, $3, $4 from given_up`,
    tree,
    rootId,
    at,
  );
}

/** Every tree of a tenant, and its retired roots whose destruction has not been recorded. */
export type Standing = { readonly roots: readonly RootRow[]; readonly pending: readonly RootId[] };

/** The statement that finds how a tenant's roots stand, to go with the message that begins and locks. */
export const standingOf = (tenantId: TenantId): string => `
  select ${ROOT}, array(select root_id from retired_root
                         where tenant_id = '${tenantId}' and destroyed_at is null) as pending
  from tenant_root where tenant_id = '${tenantId}' order by tree`;

/** What that statement found. */
export const toStanding = (rows: readonly Record<string, unknown>[]): Standing => ({
  roots: rows.map(toRoot),
  pending: (rows[0]?.pending ?? []) as RootId[],
});

/** Records that these roots are gone, and with them what every unsealed line of the ledger shredded. */
export async function markDestroyed(tx: KeyStoreTx, roots: readonly RootId[], at: Date): Promise<void> {
  await tx.query(
    `with gone as (
       update retired_root set destroyed_at = $3 where tenant_id = $1 and root_id = any($2::uuid[])
     )
     update erasure_ledger set sealed_at = $3, roots_destroyed = roots_destroyed + cardinality($2::uuid[])
     where tenant_id = $1 and shredded_at is not null and sealed_at is null`,
    roots,
    at,
  );
}

/** The refusal of a tenant the key store does not know. */
export const unknownTenant = () =>
  new DomainError('KEY_STORE_STALE', 'The key store does not know this tenant: is it the right one?');
