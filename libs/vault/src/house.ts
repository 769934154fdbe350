import { type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Root } from './keyring.js';
import { houseBranch, toHouse } from './keys.repository.js';
import { copyKey, withRoot } from './open-root.js';
import { unknownTenant } from './roots.repository.js';

/** Labels of the tenant's own keys begin so; nobody else's may. */
export const HOUSE_PREFIX = 'house:';

/** The key of the blind index. It is never shredded while the tenant is here. */
export const INDEX_LABEL = `${HOUSE_PREFIX}blind-index`;

export type OpenHouse = { readonly root: Root; readonly indexKey: Uint8Array };

/**
 * Begins a transaction under the tenant's shared lock and opens root and index key for the length of `work`. Throws
 * `KEY_STORE_STALE` for an unknown tenant.
 */
export function withIndexKey<T>(
  { database, keyring }: KeyStore,
  tenantId: TenantId,
  work: (tx: KeyStoreTx, house: OpenHouse) => Promise<T>,
): Promise<T> {
  const opening = { lock: 'SHARED', read: houseBranch(tenantId, INDEX_LABEL) } as const;
  return database.forTenantReading(tenantId, opening, (tx, rows) => {
    const house = toHouse(rows);
    if (house === null) throw unknownTenant();
    return withRoot(tx, keyring, house.rootId, async (root) => {
      const indexKey = copyKey(root, house, INDEX_LABEL);
      try {
        return await work(tx, { root, indexKey });
      } finally {
        indexKey.fill(0);
      }
    });
  });
}
