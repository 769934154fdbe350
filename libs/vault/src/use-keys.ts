import { DomainError, type KeyId, type TenantId } from '@personr/kernel';
import { openBytes, sealBytes } from './aead.js';
import { groupBy } from './group-by.js';
import { type KeyStore } from './key-store.js';
import { findPaths, type Path } from './keys.repository.js';
import { type Root } from './keyring.js';
import { withKeys, withRoot } from './open-root.js';
import { type PackId, packIdOf } from './pack.js';
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

type Use<T> = (key: Uint8Array, item: T) => Buffer;

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
  use: Use<T>,
): Promise<Buffer[]> {
  if (items.length === 0) return [];
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    const byPack = groupBy(items.entries(), ([, { keyId }]) => packIdOf(keyId));
    const paths = await findPaths(tx, [...byPack.keys()]);
    const [first] = paths.values();
    if (first === undefined || paths.size < byPack.size) throw shredded();
    return withRoot(tx, keyring, first.node.rootId, (root) => {
      const done = new Array<Buffer>(items.length);
      for (const [packId, entries] of byPack) {
        usePack({ root, path: pathOf(paths, packId), use }, entries, done);
      }
      return done;
    });
  });
}

/** Opens a pack once for all that is sealed or opened by it. */
function usePack<T extends Item>(
  { root, path, use }: { root: Root; path: Path; use: Use<T> },
  entries: readonly [number, T][],
  done: Buffer[],
): void {
  withKeys(root, path, (keys) => {
    const byId = new Map([...keys.values()].map(({ keyId, key }) => [keyId, key]));
    for (const [position, item] of entries) {
      const key = byId.get(item.keyId);
      if (key === undefined) throw shredded();
      done[position] = use(key, item);
    }
  });
}

function pathOf(paths: ReadonlyMap<PackId, Path>, packId: PackId): Path {
  const path = paths.get(packId);
  if (path === undefined) throw shredded();
  return path;
}

const shredded = () => new DomainError('KEY_SHREDDED', 'A key does not exist, or exists no more.');
