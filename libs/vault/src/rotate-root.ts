import { DomainError, type InstructionId, type KeyId } from '@personr/kernel';
import { newKey, usingLater } from './aead.js';
import { bucketOf } from './branch.js';
import { groupBy } from './group-by.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { newRootId, type Root } from './keyring.js';
import { type Shredded } from './ledger.repository.js';
import { type Node, openNode } from './node.js';
import { withTree } from './open-root.js';
import { type OpenTree } from './open-tree.js';
import { type Pack, repack } from './pack.js';
import { touchRoot } from './roots.repository.js';
import { type RotatedTree, storeRotation } from './rotation.repository.js';
import { dropDoomed, findDoomed, readOwners } from './shred.repository.js';
import { type TreeReading } from './tree-reading.js';
import { type Tree } from './vault.js';

/** What is to go by one instruction. */
export type ShredOrder = { readonly instructionId: InstructionId; readonly keyIds: readonly KeyId[] };

/** The same, or keys of the house that go without one. */
type Order = { readonly instructionId: InstructionId | null; readonly keyIds: readonly KeyId[] };

/** Which branches of level 0 were re-keyed, in each tree that was. */
export type Rotated = ReadonlyMap<Tree, readonly number[]>;

/**
 * Drops the keys ordered and those that have expired, gives every owner that lost one, and every branch above it, a new
 * key, hangs each tree that lost one below a new root that every replica already holds, and retires the old root. With
 * nothing to drop it only writes, so that its commit vouches for an earlier one whose outcome was lost. The transaction
 * holds the tenant's lock alone.
 */
export async function rotateRoots(
  store: KeyStore,
  tx: KeyStoreTx,
  orders: readonly Order[],
): Promise<Rotated> {
  const at = store.clock.now();
  const keysOf = (isOwn: boolean) =>
    orders.filter(({ instructionId }) => (instructionId === null) === isOwn).flatMap(({ keyIds }) => keyIds);
  const doomed = await findDoomed(tx, { keyIds: keysOf(false), own: keysOf(true) }, at);
  const gone = new Set(doomed.keys.map(({ keyId }) => keyId));
  await dropDoomed(tx, doomed, { shredded: shreddedBy(orders, gone), at });
  if (gone.size === 0) {
    await touchRoot(tx);
    return new Map();
  }
  const losers = await readOwners(tx, [...new Set(doomed.keys.map(({ owner }) => owner))]);
  const rotated = new Map<Tree, readonly number[]>();
  for (const losing of losers) rotated.set(losing.tree, await rotateTree(store, tx, { losing, gone, at }));
  return rotated;
}

/** What of these keys goes by which instruction; one that two order goes by the first. */
function shreddedBy(orders: readonly Order[], gone: ReadonlySet<KeyId>): Shredded[] {
  const left = new Set(gone);
  return [...groupBy(orders, ({ instructionId }) => instructionId)].flatMap(([instructionId, own]) => {
    const keyIds = own.flatMap((order) => order.keyIds).filter((keyId) => left.delete(keyId));
    return instructionId === null ? [] : [{ instructionId, keyIds }];
  });
}

type Rotation = { readonly losing: TreeReading; readonly gone: ReadonlySet<KeyId>; readonly at: Date };

async function rotateTree(store: KeyStore, tx: KeyStoreTx, rotation: Rotation): Promise<readonly number[]> {
  const { losing } = rotation;
  return usingLater(newKey(), async (key) => {
    const next: Root = { tenantId: tx.tenantId, rootId: newRootId(), key };
    await store.keyring.prepare([next]);
    await withTree(tx, store.keyring, losing, async (open) => {
      if (!(await storeRotation(tx, rewrap(tx, open, { ...rotation, next })))) throw overtaken();
    });
    return [...new Set([...losing.nodes.values()].map(({ place }) => bucketOf(place).place))];
  });
}

/** The tree as it is to be, in memory: nothing is written. */
function rewrap(
  tx: KeyStoreTx,
  open: OpenTree,
  { losing, gone, next, at }: Rotation & { readonly next: Root },
): RotatedTree {
  const packs = groupBy(losing.packs, ({ owner }) => owner);
  const bare: Node[] = [];
  const rekeyed: { node: Node; packs: Pack[] }[] = [];
  for (const node of losing.nodes.values()) {
    const left = packs.get(node.owner);
    if (left === undefined) bare.push(node);
    else rekeyed.push(rekey({ tx, open, gone }, node, left));
  }
  for (const { place } of bare) open.fell(place);
  open.rekey(next);
  const { branches, bare: emptied } = open.regrown();
  return {
    tree: losing.tree,
    from: losing.rootId,
    to: next.rootId,
    at,
    branches,
    emptied,
    bare: bare.map(({ owner }) => owner),
    nodes: rekeyed.map(({ node }) => node),
    packs: rekeyed.flatMap((each) => each.packs),
  };
}

/** A new node key, and the keys that are left sealed under it. */
function rekey(
  { tx: { tenantId }, open, gone }: { tx: KeyStoreTx; open: OpenTree; gone: ReadonlySet<KeyId> },
  node: Node,
  packs: readonly Pack[],
): { node: Node; packs: Pack[] } {
  const from = openNode(tenantId, open, node);
  const renewed = { ...node, keyVersion: node.keyVersion + 1 };
  const to = { ...from, keyVersion: renewed.keyVersion, key: open.plant(node.place) };
  return { node: renewed, packs: packs.map((pack) => repack(pack, { from, to, gone })) };
}

const overtaken = () =>
  new DomainError(
    'SERVICE_UNAVAILABLE',
    'The root in force changed under the lock. Nothing was done; try again.',
  );
