import { type SubjectId, type TenantId } from '@personr/kernel';
import { withIndexKey } from './house.js';
import { normalise, tagOf } from './identity.js';
import { findOwners } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { type Identity } from './vault.js';

/** Keeps the promise of `Vault.find`. */
export async function findSubjects(
  store: KeyStore,
  tenantId: TenantId,
  identity: Identity,
): Promise<SubjectId[]> {
  if (normalise(identity) === '') return [];
  return withIndexKey(store, tenantId, (tx, { indexKey }) =>
    findOwners(tx, identity.type, tagOf(indexKey, identity)),
  );
}
