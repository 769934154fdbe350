import { type KeyId, type TenantId } from '@personr/kernel';
import { sealBytes } from './aead.js';
import { assertLabels, growBranch } from './grow-branch.js';
import { type KeyStore } from './key-store.js';
import { findBranch } from './keys.repository.js';
import { withKeys, withRoot } from './open-root.js';
import { packFor } from './pack.js';
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
      const { node, packs } = await growBranch(tx, root, wanted, known);
      const pack = packFor(packs, label);
      if (pack === undefined) throw unknownTenant();
      return withKeys(root, { node, pack }, (keys) => {
        const open = keys.get(label);
        if (open === undefined) throw unknownTenant();
        const { keyId, key } = open;
        return { keyId, sealed: sealBytes(key, contextOf(tenantId, { keyId, binding }), plaintext) };
      });
    });
  });
}
