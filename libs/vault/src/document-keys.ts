import { DomainError, type KeyId, type TenantId } from '@personr/kernel';
import { using } from './aead.js';
import { type KeyStore } from './key-store.js';
import { findPaths } from './keys.repository.js';
import { openLeaf, withRoot } from './open-root.js';

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
    const path = (await findPaths(tx, [keyId])).get(keyId);
    if (path === undefined) {
      throw new DomainError('KEY_SHREDDED', 'A key does not exist, or exists no more.');
    }
    return withRoot(tx, keyring, path.node.rootId, (root) =>
      using(openLeaf(root, path.node, path.leaf), work),
    );
  });
