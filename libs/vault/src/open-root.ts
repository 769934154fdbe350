import { DomainError } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { type Keyring, type Root, type RootId } from './keyring.js';
import { OpenTree } from './open-tree.js';
import { type TreeReading } from './tree-reading.js';

/**
 * Reads a root from the keyring, runs `work` and overwrites the key. The transaction holds the tenant's lock, so the
 * root cannot go meanwhile. Throws `KEY_STORE_STALE` when no replica holds it.
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

/** Opens what was read of a tree, runs `work` and overwrites every key. Throws as `withRoot` does. */
export const withTree = <T>(
  tx: KeyStoreTx,
  keyring: Keyring,
  { tree, height, rootId, branches }: Pick<TreeReading, 'tree' | 'height' | 'rootId' | 'branches'>,
  work: (open: OpenTree, root: Root) => T | Promise<T>,
): Promise<T> =>
  withRoot(tx, keyring, rootId, async (root) => {
    const open = new OpenTree(root, { tree, height }, branches);
    try {
      return await work(open, root);
    } finally {
      open.close();
    }
  });

/** The failure to find a root that the key store says is in force. */
export const rootAbsent = () =>
  new DomainError(
    'KEY_STORE_STALE',
    'No keyring replica holds the root that the key store names: the key store or the keyring is an old or a wrong one.',
  );
