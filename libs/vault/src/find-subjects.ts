import { type SubjectId, type TenantId } from '@personr/kernel';
import { withIndex } from './house.js';
import { normalise } from './identity.js';
import { findOwners } from './index.repository.js';
import { type KeyStore } from './key-store.js';
import { type IndexTag, type OpenIndex } from './open-index.js';
import { type Identity } from './vault.js';

/** Keeps the promise of `Vault.find`. */
export async function findSubjects(
  store: KeyStore,
  tenantId: TenantId,
  identity: Identity,
): Promise<SubjectId[]> {
  if (normalise(identity) === '') return [];
  return withIndex(store, tenantId, (tx, { index }) => findOwners(tx, tagsIn(index, index.macs([identity]))));
}

/** What these MACs are known by in every generation that there is. */
export const tagsIn = (index: OpenIndex, macs: readonly Uint8Array[]): IndexTag[] =>
  index.all.flatMap((generation) => index.tags(generation, macs).map((tag) => ({ generation, tag })));
