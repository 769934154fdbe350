import { type KeyId } from '@personr/kernel';
import { storeBranches } from './branches.repository.js';
import { claimPlaces } from './claim-places.js';
import { groupBy } from './group-by.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { holdOwners } from './keys.repository.js';
import { type Node, openNode } from './node.js';
import { withTree } from './open-root.js';
import { type OpenTree } from './open-tree.js';
import { keysIn, type Pack, packIdOf, repack } from './pack.js';
import { unknownTenant } from './roots.repository.js';
import { moveOwners, ownersOf, readOwners } from './shred.repository.js';
import { type TreeReading } from './tree-reading.js';

/**
 * Moves keys that are held back out of the tree of subjects into that of requests, under new keys all the way: O(keys
 * held), whatever the tree holds. Other keys of the same owners stay behind, and so go with the tree. The transaction
 * holds the tenant's lock alone. Throws `TreeFull`.
 */
export async function moveHeld(store: KeyStore, tx: KeyStoreTx, keep: readonly KeyId[]): Promise<void> {
  if (keep.length === 0) return;
  const owners = await ownersOf(tx, [...new Set(keep.map(packIdOf))]);
  const readings = await readOwners(tx, owners);
  const from = readings.find(({ tree }) => tree === 'SUBJECTS');
  if (from === undefined) return;
  const to = await holdOwners(tx, 'REQUESTS', []);
  if (to === null) throw unknownTenant();
  await withTree(tx, store.keyring, from, (old) =>
    withTree(tx, store.keyring, to, (open) => move(tx, { from, old, to, open, keep: new Set(keep) })),
  );
}

type Move = {
  readonly from: TreeReading;
  readonly old: OpenTree;
  readonly to: TreeReading;
  readonly open: OpenTree;
  readonly keep: ReadonlySet<KeyId>;
};

async function move(tx: KeyStoreTx, { from, old, to, open, keep }: Move): Promise<void> {
  const { tenantId } = tx;
  const packs = groupBy(from.packs, ({ owner }) => owner);
  const nodes = [...from.nodes.values()];
  const places = await claimPlaces(tx, { open, name: to }, nodes.length);
  const moved = nodes.map((node, at): { node: Node; packs: Pack[] } => {
    const place = places[at] ?? 0;
    const renewed = { ...node, place, keyVersion: node.keyVersion + 1 };
    const rewrap = { from: openNode(tenantId, old, node), to: openNode(tenantId, open, renewed) };
    const own = packs.get(node.owner) ?? [];
    const gone = own.flatMap(keysIn).flatMap(([, keyId]) => (keep.has(keyId) ? [] : [keyId]));
    return { node: renewed, packs: own.map((pack) => repack(pack, { ...rewrap, gone: new Set(gone) })) };
  });
  await storeBranches(tx, to.tree, open.regrown().branches);
  await moveOwners(tx, {
    tree: to.tree,
    nodes: moved.map(({ node }) => node),
    packs: moved.flatMap((each) => each.packs),
  });
}
