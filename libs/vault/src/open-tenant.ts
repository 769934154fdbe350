import { type TenantId } from '@personr/kernel';
import { newKey } from './aead.js';
import { growBranch } from './grow-branch.js';
import { INDEX_LABEL } from './house.js';
import { type KeyStore } from './key-store.js';
import { newRootId, type RootId } from './keyring.js';
import { withRoot } from './open-root.js';
import { findRoot, insertRoot, markOpened, unknownTenant } from './roots.repository.js';

/**
 * Keeps the promise of `Vault.openTenant`. The root's name is committed before its file is made, so a keyring
 * that knows the tenant while the key store does not means a wrong key store, never a crash.
 */
export async function openTenant(store: KeyStore, tenantId: TenantId): Promise<void> {
  const { rootId, opened } = await nameRoot(store, tenantId);
  if (opened) return;
  await store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    if ((await findRoot(tx))?.opened) return;
    await makeRoot(store, tenantId, rootId);
    await withRoot(tx, store.keyring, rootId, async (root) => {
      const at = store.clock.now();
      await growBranch(tx, root, { owner: tenantId, labels: [INDEX_LABEL], at, expiresAt: null });
      await markOpened(tx, at);
    });
  });
}

const nameRoot = ({ database, keyring }: KeyStore, tenantId: TenantId) =>
  database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    const known = await findRoot(tx);
    if (known !== null) return known;
    if ((await keyring.list(tenantId)).length > 0) throw unknownTenant();
    const rootId = newRootId();
    await insertRoot(tx, rootId);
    return { rootId, opened: false };
  });

async function makeRoot({ keyring }: KeyStore, tenantId: TenantId, rootId: RootId): Promise<void> {
  const name = { tenantId, rootId };
  const key = (await keyring.read(name)) ?? newKey();
  try {
    await keyring.prepare([{ ...name, key }]);
  } finally {
    key.fill(0);
  }
}
