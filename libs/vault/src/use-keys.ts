import { DomainError, type KeyId, type TenantId } from '@personr/kernel';
import { openBytes, sealBytes } from './aead.js';
import { groupBy } from './group-by.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { findPacks } from './keys.repository.js';
import { openNode } from './node.js';
import { withTree } from './open-root.js';
import { type OpenTree } from './open-tree.js';
import { keysOver, openPack, packIdOf } from './pack.js';
import { type TreeReading } from './tree-reading.js';
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

async function eachUnderItsKey<T extends Item>(
  store: KeyStore,
  tenantId: TenantId,
  items: readonly T[],
  use: (key: Uint8Array, item: T) => Buffer,
): Promise<Buffer[]> {
  if (items.length === 0) return [];
  const keyIds = items.map(({ keyId }) => keyId);
  return withDataKeys(store, { tenantId, keyIds }, (keys) =>
    items.map((item) => use(keys.get(item.keyId) ?? new Uint8Array(0), item)),
  );
}

/**
 * Runs `work` with data keys, under the tenant's shared lock, and overwrites them: no key of this process outlives a
 * shredding. Throws `KEY_SHREDDED` when one of them does not exist.
 */
export function withDataKeys<T>(
  { database, keyring }: KeyStore,
  { tenantId, keyIds }: { readonly tenantId: TenantId; readonly keyIds: readonly KeyId[] },
  work: (keys: ReadonlyMap<KeyId, Uint8Array>) => T,
): Promise<T> {
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    const byPack = groupBy(keyIds, packIdOf);
    const readings = await findPacks(tx, [...byPack.keys()]);
    return withEach(tx, { keyring, readings: [...readings.values()] }, (found) => {
      if (!keyIds.every((keyId) => found.has(keyId))) throw shredded();
      return work(found);
    });
  });
}

type Opening = { readonly keyring: KeyStore['keyring']; readonly readings: readonly TreeReading[] };

/** Opens one tree after the other and, with all of them open, runs `work` with every key that was found. */
async function withEach<T>(
  tx: KeyStoreTx,
  { keyring, readings: [reading, ...rest] }: Opening,
  work: (keys: Map<KeyId, Uint8Array>) => T,
): Promise<T> {
  if (reading === undefined) return work(new Map());
  return withTree(tx, keyring, reading, (open) =>
    withEach(tx, { keyring, readings: rest }, (keys) => {
      for (const [keyId, key] of keysIn(tx.tenantId, open, reading)) keys.set(keyId, key);
      return work(keys);
    }),
  );
}

function keysIn(tenantId: TenantId, open: OpenTree, { nodes, packs }: TreeReading): [KeyId, Uint8Array][] {
  return packs.flatMap((pack) => {
    const node = nodes.get(pack.owner);
    if (node === undefined) throw shredded();
    const bytes = open.keep(openPack(openNode(tenantId, open, node), pack));
    return [...keysOver(pack.packId, pack.labels, bytes).values()].map(
      ({ keyId, key }): [KeyId, Uint8Array] => [keyId, key],
    );
  });
}

const shredded = () => new DomainError('KEY_SHREDDED', 'A key does not exist, or exists no more.');
