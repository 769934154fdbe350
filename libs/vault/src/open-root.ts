import { DomainError } from '@personr/kernel';
import { using } from './aead.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Keyring, type Root, type RootId } from './keyring.js';
import { type OpenKey, type Pack, withPack } from './pack.js';
import { unwrapNode, type WrappedNode } from './wrap.js';

/**
 * Reads the tenant's root from the keyring, runs `work` and overwrites the key. The transaction holds the
 * tenant's lock, so the root cannot go meanwhile. Throws `KEY_STORE_STALE` when no replica holds it.
 */
export async function withRoot<T>(
  tx: KeyStoreTx,
  keyring: Keyring,
  rootId: RootId,
  work: (root: Root) => T | Promise<T>,
): Promise<T> {
  const name = { tenantId: tx.tenantId, rootId };
  const key = await keyring.read(name);
  if (key === null) throw rootAbsent();
  try {
    return await work({ ...name, key });
  } finally {
    key.fill(0);
  }
}

/** Opens a pack by way of its node, hands its keys to `work` by label and overwrites them. Throws `SEAL_BROKEN`. */
export function withKeys<T>(
  root: Root,
  { node, pack }: { readonly node: WrappedNode; readonly pack: Pack },
  work: (keys: ReadonlyMap<string, OpenKey>) => T,
): T {
  const open = unwrapNode(root, node);
  return using(open.key, () => withPack(open, pack, work));
}

/** A copy of the key that a pack holds for a label. Whoever asked overwrites it. Throws `SEAL_BROKEN`. */
export const copyKey = (root: Root, path: { node: WrappedNode; pack: Pack }, label: string): Buffer =>
  withKeys(root, path, (keys) => {
    const found = keys.get(label);
    if (found === undefined) throw new Error('the pack holds no key for this label');
    return Buffer.from(found.key);
  });

/** The failure to find a root that the key store says is in force. */
export const rootAbsent = () =>
  new DomainError(
    'KEY_STORE_STALE',
    'No keyring replica holds the root that the key store names: the key store or the keyring is an old or a wrong one.',
  );
