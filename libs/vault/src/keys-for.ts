import { type KeyId, type TenantId } from '@personr/kernel';
import { assertLabels, missingIn } from './grow-owner.js';
import { growOwners } from './grow-owners.js';
import { type KeyStore } from './key-store.js';
import { findHoldings } from './keys.repository.js';
import { keysIn } from './pack.js';
import { unknownTenant } from './roots.repository.js';
import { type Owner } from './vault.js';

/** Keeps the promise of `Vault.keysFor`. The root is read only when a key has to be made. */
export async function keysFor(
  store: KeyStore,
  tenantId: TenantId,
  owner: Owner,
  labels: readonly string[],
): Promise<ReadonlyMap<string, KeyId>> {
  assertLabels(labels);
  const tree = 'SUBJECTS';
  const reading = await store.database.forTenant(tenantId, 'SHARED', (tx) =>
    findHoldings(tx, { tree, owner }, labels),
  );
  if (reading === null) throw unknownTenant();
  if (missingIn(reading.packs, labels).length === 0) {
    return ofThese(labels, new Map(reading.packs.flatMap(keysIn)));
  }
  const wanted = [{ owner, labels, expiresAt: null }];
  return growOwners(store, { tenantId, tree, wanted }, (keys) =>
    ofThese(labels, new Map([...(keys.get(owner) ?? [])].map(([label, { keyId }]) => [label, keyId]))),
  );
}

/** Of these labels only: a pack holds others beside them. */
const ofThese = (labels: readonly string[], keys: ReadonlyMap<string, KeyId>): ReadonlyMap<string, KeyId> =>
  new Map([...keys].filter(([label]) => labels.includes(label)));
