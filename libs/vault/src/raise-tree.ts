import { type TenantId } from '@personr/kernel';
import { findTop, storeBranches } from './branches.repository.js';
import { type KeyStore } from './key-store.js';
import { withTree } from './open-root.js';
import { findRoot, setHeight } from './roots.repository.js';
import { type TreeName } from './open-tree.js';

/**
 * Gives a tree that has too little room one level more, under the same root. Does nothing when it is higher already:
 * another process was first. It happens once for 32 times as many owners.
 */
export async function raiseTree(
  { database, keyring }: KeyStore,
  tenantId: TenantId,
  { tree, height: tooLow }: TreeName,
): Promise<void> {
  await database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    const root = await findRoot(tx, tree);
    if (root?.height !== tooLow) return;
    const branches = await findTop(tx, tree, root.height);
    await withTree(tx, keyring, { ...root, branches }, async (open) => {
      const raised = open.raise();
      await storeBranches(tx, tree, raised.branches);
      await setHeight(tx, tree, raised.height);
    });
  });
}
