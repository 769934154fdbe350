import { type KeyId, type TenantId } from '@personr/kernel';
import { sealBytes, using } from './aead.js';
import { assertLabels, growBranch } from './grow-branch.js';
import { type KeyStore } from './key-store.js';
import { findBranch } from './keys.repository.js';
import { openLeaf, withRoot } from './open-root.js';
import { unknownTenant } from './roots.repository.js';
import { contextOf } from './use-keys.js';
import { type OwnSealing } from './vault.js';

/** Keeps the promise of `Vault.sealFor`. */
export async function sealFor(
  { database, keyring, clock }: KeyStore,
  tenantId: TenantId,
  { owner, label, binding, plaintext }: OwnSealing,
): Promise<{ keyId: KeyId; sealed: Uint8Array }> {
  assertLabels([label]);
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    const known = await findBranch(tx, owner, [label]);
    if (known === null) throw unknownTenant();
    return withRoot(tx, keyring, known.rootId, async (root) => {
      const wanted = { owner, labels: [label], at: clock.now(), expiresAt: null };
      const { node, leaves } = await growBranch(tx, root, wanted, known);
      const leaf = leaves.get(label);
      if (leaf === undefined) throw unknownTenant();
      const { keyId } = leaf;
      const sealed = using(openLeaf(root, node, leaf), (key) =>
        sealBytes(key, contextOf(tenantId, { keyId, binding }), plaintext),
      );
      return { keyId, sealed };
    });
  });
}
