import { type KeyStoreTx } from './key-store.database.js';
import { type Keyring, type Root } from './keyring.js';
import { findBranch } from './keys.repository.js';
import { copyKey, withRoot } from './open-root.js';
import { packFor } from './pack.js';
import { unknownTenant } from './roots.repository.js';

/** Labels of the tenant's own keys begin so; nobody else's may. */
export const HOUSE_PREFIX = 'house:';

/** The key of the blind index. It is never shredded while the tenant is here. */
export const INDEX_LABEL = `${HOUSE_PREFIX}blind-index`;

export type OpenHouse = { readonly root: Root; readonly indexKey: Uint8Array };

/** Opens the tenant's root and index key for the length of `work`. Throws `KEY_STORE_STALE` for an unknown tenant. */
export async function withIndexKey<T>(
  tx: KeyStoreTx,
  keyring: Keyring,
  work: (house: OpenHouse) => Promise<T>,
): Promise<T> {
  const branch = await findBranch(tx, tx.tenantId, [INDEX_LABEL]);
  const pack = packFor(branch?.packs ?? [], INDEX_LABEL);
  if (!branch?.node || pack === undefined) throw unknownTenant();
  const { node, rootId } = branch;
  return withRoot(tx, keyring, rootId, async (root) => {
    const indexKey = copyKey(root, { node, pack }, INDEX_LABEL);
    try {
      return await work({ root, indexKey });
    } finally {
      indexKey.fill(0);
    }
  });
}
