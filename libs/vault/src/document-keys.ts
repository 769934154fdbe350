import { DomainError, type KeyId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { findPaths } from './keys.repository.js';
import { withKeys, withRoot } from './open-root.js';
import { packIdOf } from './pack.js';

/**
 * Runs `work` with one data key, under the tenant's lock, and overwrites the key: no key of this process outlives a
 * shredding. Throws `KEY_SHREDDED` when the key does not exist.
 */
export const withDataKey = <T>(
  { database, keyring }: KeyStore,
  { tenantId, keyId }: { tenantId: TenantId; keyId: KeyId },
  work: (key: Uint8Array) => T,
): Promise<T> =>
  database.forTenant(tenantId, 'SHARED', async (tx) => {
    const packId = packIdOf(keyId);
    const path = (await findPaths(tx, [packId])).get(packId);
    if (path === undefined) throw shredded();
    return withRoot(tx, keyring, path.node.rootId, (root) =>
      withKeys(root, path, (keys) => {
        const found = [...keys.values()].find((key) => key.keyId === keyId);
        if (found === undefined) throw shredded();
        return work(found.key);
      }),
    );
  });

const shredded = () => new DomainError('KEY_SHREDDED', 'A key does not exist, or exists no more.');
