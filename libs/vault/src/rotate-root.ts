import { DomainError, type InstructionId, type KeyId } from '@personr/kernel';
import { newKey, using } from './aead.js';
import { groupBy } from './group-by.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { newRootId, type Root } from './keyring.js';
import { withRoot } from './open-root.js';
import { type Pack, repack } from './pack.js';
import { replaceRoot, rootInForce, touchRoot, writeLedger } from './roots.repository.js';
import {
  dropBareNodes,
  dropKeys,
  nodesAfter,
  packsOf,
  updateNodes,
  updatePacks,
} from './shred.repository.js';
import { type Owner } from './vault.js';
import { unwrapNode, wrapNode, type WrappedNode } from './wrap.js';

const BATCH_NODES = 500;

/** What is to go: these keys by this instruction, or, with neither, only what has expired. */
export type RotationOrder = {
  readonly keyIds: readonly KeyId[];
  readonly instructionId: InstructionId | null;
};

/**
 * Drops keys, gives every node that lost one a new key, puts the whole tenant under a new root that every
 * replica already holds, and retires the old one. With nothing to drop it only writes, so that its commit
 * vouches for an earlier one whose outcome was lost. The transaction holds the tenant's lock alone.
 * Returns the owners that were re-keyed.
 */
export async function rotateRoot(store: KeyStore, tx: KeyStoreTx, order: RotationOrder): Promise<Owner[]> {
  const from = await rootInForce(tx);
  const at = store.clock.now();
  const dropped = await dropKeys(tx, order.keyIds, at);
  await writeDown(tx, order, { dropped: dropped.map(({ keyId }) => keyId), at });
  if (dropped.length === 0) {
    await touchRoot(tx);
    return [];
  }
  const rekeyed = [...new Set(dropped.map(({ owner }) => owner))];
  await dropBareNodes(tx, rekeyed);
  await withRoot(tx, store.keyring, from, async (old) => {
    const key = newKey();
    try {
      const next = { tenantId: tx.tenantId, rootId: newRootId(), key };
      await store.keyring.prepare([next]);
      const gone = new Set(dropped.map(({ keyId }) => keyId));
      await rewrapAll(tx, { old, next, rekeyed: new Set(rekeyed), gone });
      if (!(await replaceRoot(tx, from, next.rootId, at))) throw overtaken();
    } finally {
      key.fill(0);
    }
  });
  return rekeyed;
}

async function writeDown(
  tx: KeyStoreTx,
  { keyIds, instructionId }: RotationOrder,
  { dropped, at }: { dropped: readonly KeyId[]; at: Date },
): Promise<void> {
  if (instructionId === null) return;
  const ordered = new Set(keyIds);
  await writeLedger(tx, { instructionId, keyIds: dropped.filter((keyId) => ordered.has(keyId)), at });
}

type Rewrap = {
  readonly old: Root;
  readonly next: Root;
  readonly rekeyed: ReadonlySet<Owner>;
  readonly gone: ReadonlySet<KeyId>;
};

async function rewrapAll(tx: KeyStoreTx, rewrap: Rewrap): Promise<void> {
  let nodes = await nodesAfter(tx, null, BATCH_NODES);
  for (let last = nodes.at(-1); last !== undefined; last = nodes.at(-1)) {
    await rewrapBatch(tx, rewrap, nodes);
    nodes = await nodesAfter(tx, last.owner, BATCH_NODES);
  }
}

async function rewrapBatch(tx: KeyStoreTx, rewrap: Rewrap, nodes: readonly WrappedNode[]): Promise<void> {
  const owners = nodes.map((node) => node.owner).filter((owner) => rewrap.rekeyed.has(owner));
  const packs = groupBy(await packsOf(tx, owners), ({ owner }) => owner);
  const done = nodes.map((node) =>
    rewrap.rekeyed.has(node.owner) ? rekey(rewrap, node, packs.get(node.owner) ?? []) : rehang(rewrap, node),
  );
  await updateNodes(
    tx,
    rewrap.next.rootId,
    done.map(({ node }) => node),
  );
  await updatePacks(
    tx,
    done.flatMap((branch) => branch.packs),
  );
}

type Rewrapped = { readonly node: WrappedNode; readonly packs: readonly Pack[] };

/** The same node key under the new root. */
function rehang({ old, next }: Rewrap, node: WrappedNode): Rewrapped {
  const open = unwrapNode(old, node);
  const wrapped = using(open.key, () => wrapNode(next, open));
  return { node: { ...node, rootId: next.rootId, wrapped }, packs: [] };
}

/** A new node key under the new root, and the keys that are left under the new node key. */
function rekey({ old, next, gone }: Rewrap, node: WrappedNode, packs: readonly Pack[]): Rewrapped {
  const before = unwrapNode(old, node);
  const after = { ...before, keyVersion: node.keyVersion + 1, key: newKey() };
  try {
    return {
      node: {
        owner: node.owner,
        rootId: next.rootId,
        keyVersion: after.keyVersion,
        wrapped: wrapNode(next, after),
      },
      packs: packs.map((pack) => repack(pack, { from: before, to: after, gone })),
    };
  } finally {
    before.key.fill(0);
    after.key.fill(0);
  }
}

const overtaken = () =>
  new DomainError(
    'SERVICE_UNAVAILABLE',
    'The root in force changed under the lock. Nothing was done; try again.',
  );
