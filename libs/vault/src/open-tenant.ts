import { newId, type TenantId } from '@personr/kernel';
import { newKey } from './aead.js';
import { growOwner, HOUSE_PREFIX, newHoldings } from './grow-owner.js';
import { storeGrowth } from './growth.repository.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { newRootId, type Root } from './keyring.js';
import { generationLabel, INDEX_LABEL } from './open-index.js';
import { withRoot } from './open-root.js';
import { OpenTree } from './open-tree.js';
import { findRoots, insertRoot, markOpened, type RootRow, TREES, unknownTenant } from './roots.repository.js';
import { type Tree } from './vault.js';

/** Levels of branches that a new tree has: room for 32,768 owners before it is raised. */
const FIRST_HEIGHT = 3;

/** Opens nothing. It keeps the house in a tree whose other keys may all have expired: an empty one proves no root. */
const ANCHOR_LABEL = `${HOUSE_PREFIX}anchor`;

/** The house's keys that a tree begins with. */
const FIRST_LABELS: Record<Tree, readonly string[]> = {
  SUBJECTS: [INDEX_LABEL, generationLabel(1)],
  REQUESTS: [ANCHOR_LABEL],
};

/**
 * Keeps the promise of `Vault.openTenant`. The roots' names are committed before they are made, so a keyring that
 * knows the tenant while the key store does not means a wrong key store, never a crash.
 */
export async function openTenant(store: KeyStore, tenantId: TenantId): Promise<void> {
  const named = await nameRoots(store, tenantId);
  if (named.every(({ opened }) => opened)) return;
  await store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    const closed = (await findRoots(tx)).filter(({ opened }) => !opened);
    await makeRoots(store, tenantId, closed);
    for (const row of closed) {
      await withRoot(tx, store.keyring, row.rootId, (root) => sprout(store, tx, { row, root }));
    }
  });
}

const nameRoots = ({ database, keyring, clock }: KeyStore, tenantId: TenantId): Promise<readonly RootRow[]> =>
  database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    const known = await findRoots(tx);
    if (known.length > 0) return known;
    if ((await keyring.list(tenantId)).length > 0) throw unknownTenant();
    for (const tree of TREES) {
      const house = newId<'house'>(clock.now());
      await insertRoot(tx, { tree, rootId: newRootId(), house, height: FIRST_HEIGHT });
    }
    return findRoots(tx);
  });

async function makeRoots({ keyring }: KeyStore, tenantId: TenantId, rows: readonly RootRow[]): Promise<void> {
  const roots: Root[] = [];
  try {
    for (const { rootId } of rows) {
      const name = { tenantId, rootId };
      roots.push({ ...name, key: (await keyring.read(name)) ?? newKey() });
    }
    await keyring.prepare(roots);
  } finally {
    for (const { key } of roots) key.fill(0);
  }
}

async function sprout(
  { clock }: KeyStore,
  tx: KeyStoreTx,
  { row: { tree, house, height }, root }: { row: RootRow; root: Root },
): Promise<void> {
  const at = clock.now();
  const open = OpenTree.sprout(root, { tree, height });
  try {
    open.plantFirst();
    const ground = { tenantId: tx.tenantId, open, at };
    const holdings = newHoldings(house, 0);
    const { packs } = growOwner(
      ground,
      { owner: house, labels: FIRST_LABELS[tree], expiresAt: null },
      holdings,
    );
    const { branches } = open.regrown();
    storeGrowth(tx, { tree, branches, nodes: [holdings.node], packs, entries: [] });
    await markOpened(tx, tree, at);
  } finally {
    open.close();
  }
}
