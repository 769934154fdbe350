import { type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { type RootName } from './keyring.js';
import { touchRoot } from './roots.repository.js';
import { allAlike, settleRoots } from './settle-roots.js';

/**
 * Compares the keyring with the roots in force, for every tenant, and puts right what it may: a missing copy
 * is copied back, a retired root that came back is destroyed, an interrupted destruction is finished. Founds the
 * replicas of a house that has no roots. Throws
 * `KEYRING_UNSAFE`, `KEYRING_INCOMPLETE`, or `KEY_STORE_STALE` when a root in force is absent everywhere.
 */
export async function checkKeyring(store: KeyStore): Promise<void> {
  const roots = await store.database.roots();
  if (roots.length === 0) await store.keyring.found();
  await store.keyring.check();
  const held = await store.keyring.list();
  const inForce = roots.filter(({ hasLeft }) => !hasLeft);
  const suspects = new Set([
    ...tenantsWithOtherRoots(held, inForce),
    ...roots.filter(({ unfinished }) => unfinished).map(({ tenantId }) => tenantId),
  ]);
  for (const root of inForce) if (!(await isSound(store, root))) suspects.add(root.tenantId);
  const known = new Set(roots.map(({ tenantId }) => tenantId));
  for (const tenantId of suspects) if (known.has(tenantId)) await settle(store, tenantId);
}

function tenantsWithOtherRoots(held: readonly RootName[], inForce: readonly RootName[]): Set<TenantId> {
  const expected = new Set(inForce.map(({ rootId }) => rootId));
  return new Set(held.filter(({ rootId }) => !expected.has(rootId)).map(({ tenantId }) => tenantId));
}

const isSound = async ({ keyring }: KeyStore, root: RootName): Promise<boolean> =>
  allAlike(await keyring.readAll(root));

/** Another process may be at work, so nothing is judged before the lock is ours; and what it committed is made durable first. */
async function settle(store: KeyStore, tenantId: TenantId): Promise<void> {
  await store.database.forTenant(tenantId, 'EXCLUSIVE', touchRoot);
  await settleRoots(store, tenantId, new Map(), () => undefined);
}
