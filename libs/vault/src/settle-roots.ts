import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError, isDomainError, type TenantId } from '@personr/kernel';
import { using } from './aead.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Keyring, type Root, type RootId, type RootName } from './keyring.js';
import { openNode } from './node.js';
import { rootAbsent } from './open-root.js';
import { OpenTree } from './open-tree.js';
import { openPack } from './pack.js';
import { markDestroyed, type Standing, standingOf, toStanding, unknownTenant } from './roots.repository.js';
import { type Rotated } from './rotate-root.js';
import { samplePaths } from './shred.repository.js';
import { type TreeReading } from './tree-reading.js';

const SAMPLE_NODES = 64;

/** How many roots went: those retired since, and others that had no business on a replica. */
export type Settled = { readonly rootsDestroyed: number; readonly rootsReturned: number };

/**
 * Leaves the keyring with the roots in force on every replica and no other root of the tenant on any, and
 * records the destruction, in a transaction with what `after` does. Before anything is destroyed, every replica's copy of
 * each root in force has opened committed keys: otherwise throws `KEYRING_INCOMPLETE`, or `KEY_STORE_STALE` when no replica
 * holds it and no older one is waiting to be destroyed.
 * The transaction holds the tenant's lock alone, and the rotation before it is committed: then a root that is
 * neither in force nor retired was prepared for a rotation that never came to be.
 */
export function settleRoots<T>(
  store: KeyStore,
  tenantId: TenantId,
  rotated: Rotated,
  after: (tx: KeyStoreTx, settled: Settled) => T | Promise<T>,
): Promise<T> {
  const reading = { lock: 'EXCLUSIVE', read: standingOf(tenantId) } as const;
  return store.database.forTenantReading(tenantId, reading, async (tx, rows) =>
    after(tx, await settle(store, tx, { rotated, standing: toStanding(rows) })),
  );
}

async function settle(
  { keyring, clock }: KeyStore,
  tx: KeyStoreTx,
  { rotated, standing: { roots, pending } }: { readonly rotated: Rotated; readonly standing: Standing },
): Promise<Settled> {
  const opened = roots.filter((root) => root.opened);
  if (opened.length === 0) throw unknownTenant();
  const inForce = opened.filter(({ left }) => !left);
  const samples = await samplePaths(tx, rotated, SAMPLE_NODES);
  for (const { tree, rootId } of inForce) {
    const sample = samples.get(tree);
    if (sample === undefined) throw unknownTenant();
    await proveEverywhere(keyring, { tenantId: tx.tenantId, rootId }, sample).catch((error: unknown) => {
      throw pending.length > 0 && isDomainError(error, 'KEY_STORE_STALE') ? unproved() : error;
    });
  }
  const found = await keyring.list(tx.tenantId);
  const others = new Set<RootId>([...found.map(({ rootId }) => rootId), ...pending]);
  for (const { rootId } of inForce) others.delete(rootId);
  await keyring.destroy([...others].map((rootId) => ({ tenantId: tx.tenantId, rootId })));
  await markDestroyed(tx, pending, clock.now());
  const returned = [...others].filter((rootId) => !pending.includes(rootId));
  return { rootsDestroyed: pending.length, rootsReturned: returned.length };
}

async function proveEverywhere(keyring: Keyring, name: RootName, sample: TreeReading): Promise<void> {
  const before = await provenCopies(keyring, name, sample);
  if (before.every((proven) => proven)) return;
  await copyBack(keyring, name, sample);
  const after = await provenCopies(keyring, name, sample);
  if (!after.every((proven) => proven)) throw unproved();
}

async function provenCopies(keyring: Keyring, name: RootName, sample: TreeReading): Promise<boolean[]> {
  const copies = await keyring.readAll(name);
  const proven = new Map<string, boolean>();
  return copies.map((copy) => {
    if (copy === null) return false;
    return using(copy, (key) => {
      const digest = createHash('sha256').update(key).digest('hex');
      const known = proven.get(digest) ?? opens({ ...name, key }, sample);
      proven.set(digest, known);
      return known;
    });
  });
}

async function copyBack(keyring: Keyring, name: RootName, sample: TreeReading): Promise<void> {
  const copies = (await keyring.readAll(name)).filter((copy) => copy !== null);
  if (copies.length === 0) throw rootAbsent();
  try {
    const good = copies.find((key) => opens({ ...name, key }, sample));
    if (good === undefined) throw unproved();
    await keyring.prepare([{ ...name, key: good }]);
  } finally {
    for (const copy of copies) copy.fill(0);
  }
}

/** Opens the topmost branch, and every node and pack of the sample. */
function opens(root: Root, { tree, height, nodes, packs, branches }: TreeReading): boolean {
  const open = new OpenTree(root, { tree, height }, branches);
  try {
    open.freeSlots({ level: height - 1, place: 0 });
    for (const node of nodes.values()) openNode(root.tenantId, open, node);
    for (const pack of packs) {
      const node = nodes.get(pack.owner);
      if (node === undefined) return false;
      open.keep(openPack(openNode(root.tenantId, open, node), pack));
    }
    return true;
  } catch (error) {
    if (isDomainError(error, 'SEAL_BROKEN')) return false;
    throw error;
  } finally {
    open.close();
  }
}

/** Says whether every replica holds a copy and all are the same. Overwrites them. */
export function allAlike(copies: readonly (Buffer | null)[]): boolean {
  const [first] = copies;
  const alike = copies.every((copy) => copy && first && timingSafeEqual(copy, first));
  for (const copy of copies) copy?.fill(0);
  return alike;
}

const unproved = () =>
  new DomainError(
    'KEYRING_INCOMPLETE',
    'The root in force does not open committed keys from every keyring replica. No root has been destroyed.',
  );
