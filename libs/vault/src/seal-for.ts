import { type TenantId } from '@personr/kernel';
import { sealBytes } from './aead.js';
import { assertLabels } from './grow-owner.js';
import { growOwners } from './grow-owners.js';
import { groupBy } from './group-by.js';
import { type KeyStore } from './key-store.js';
import { contextOf } from './use-keys.js';
import { type OwnSealing, type SealedUnder, type Tree } from './vault.js';

/** Keeps the promise of `Vault.sealAllFor`. */
export async function sealAllFor(
  store: KeyStore,
  tenantId: TenantId,
  { tree, items }: { readonly tree: Tree; readonly items: readonly OwnSealing[] },
): Promise<SealedUnder[]> {
  assertLabels(items.map(({ label }) => label));
  if (items.length === 0) return [];
  const byOwner = groupBy(items, ({ owner }) => owner);
  const wanted = [...byOwner].map(([owner, own]) => ({
    owner,
    labels: own.map(({ label }) => label),
    expiresAt: null,
  }));
  return growOwners(store, { tenantId, tree, wanted }, (keys) =>
    items.map(({ owner, label, binding, plaintext }) => {
      const open = keys.get(owner)?.get(label);
      if (open === undefined) throw new Error('a key that was asked for was not made');
      const { keyId, key } = open;
      return { keyId, sealed: sealBytes(key, contextOf(tenantId, { keyId, binding }), plaintext) };
    }),
  );
}
