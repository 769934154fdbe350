import { DomainError, type KeyId, type TenantId } from '@personr/kernel';
import { openBytes, sealBytes } from './aead.js';
import { type KeyStore } from './key-store.js';
import { findPaths, type Path } from './keys.repository.js';
import { type Root } from './keyring.js';
import { openLeaf, withRoot } from './open-root.js';
import { type Sealed, type Sealing } from './vault.js';

/** Keeps the promise of `Vault.seal`. */
export const sealAll = (store: KeyStore, tenantId: TenantId, items: readonly Sealing[]) =>
  eachUnderItsKey(store, tenantId, items, (key, item) =>
    sealBytes(key, contextOf(tenantId, item), item.plaintext),
  );

/** Keeps the promise of `Vault.open`. */
export const openAll = (store: KeyStore, tenantId: TenantId, items: readonly Sealed[]) =>
  eachUnderItsKey(store, tenantId, items, (key, item) =>
    openBytes(key, contextOf(tenantId, item), item.sealed),
  );

type Item = { readonly keyId: KeyId; readonly binding: readonly string[] };

/** What a sealed value is bound to. */
export const contextOf = (tenantId: TenantId, { keyId, binding }: Item): string[] => [
  'value',
  tenantId,
  keyId,
  ...binding,
];

/** The tenant's lock is held to the end, so that no key of this process outlives a shredding. */
async function eachUnderItsKey<T extends Item>(
  { database, keyring }: KeyStore,
  tenantId: TenantId,
  items: readonly T[],
  work: (key: Uint8Array, item: T) => Buffer,
): Promise<Buffer[]> {
  if (items.length === 0) return [];
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    const wanted = [...new Set(items.map((item) => item.keyId))];
    const paths = await findPaths(tx, wanted);
    const [first] = paths.values();
    if (first === undefined || paths.size < wanted.length) throw shredded();
    return withRoot(tx, keyring, first.node.rootId, (root) => {
      const keys = new Map<KeyId, Buffer>();
      try {
        return items.map((item) => work(dataKey(root, paths, keys, item.keyId), item));
      } finally {
        for (const key of keys.values()) key.fill(0);
      }
    });
  });
}

function dataKey(
  root: Root,
  paths: ReadonlyMap<KeyId, Path>,
  opened: Map<KeyId, Buffer>,
  keyId: KeyId,
): Buffer {
  const known = opened.get(keyId);
  if (known !== undefined) return known;
  const path = paths.get(keyId);
  if (path === undefined) throw shredded();
  const key = openLeaf(root, path.node, path.leaf);
  opened.set(keyId, key);
  return key;
}

const shredded = () => new DomainError('KEY_SHREDDED', 'A key does not exist, or exists no more.');
