import { type TenantId } from '@personr/kernel';
import { earlierKeys, hangExternalIds, nextGeneration } from './generation.repository.js';
import { growOwners } from './grow-owners.js';
import { type KeyStore } from './key-store.js';
import { type Owner } from './vault.js';
import { type LabelledKey } from './vault.erasure.js';

const EXTERNAL_ID = 'EXTERNAL_ID';

/** Keeps the promise of `Vault.openGeneration`. Each of its transactions may be the last that commits: the next call does the rest. */
export async function openGeneration(
  store: KeyStore,
  tenantId: TenantId,
  owner: Owner,
): Promise<LabelledKey[]> {
  const { database } = store;
  await database.forTenant(tenantId, 'SHARED', (tx) => nextGeneration(tx, owner));
  const wanted = [{ owner, labels: [EXTERNAL_ID], expiresAt: null }];
  const keyId = await growOwners(
    store,
    { tenantId, tree: 'SUBJECTS', wanted },
    (keys) => keys.get(owner)?.get(EXTERNAL_ID)?.keyId,
  );
  if (keyId === undefined) throw new Error('a key that was asked for was not made');
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    await hangExternalIds(tx, owner, keyId);
    return earlierKeys(tx, owner);
  });
}
