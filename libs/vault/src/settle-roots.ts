import { timingSafeEqual } from 'node:crypto';
import { DomainError, isDomainError } from '@personr/kernel';
import { using } from './aead.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Keyring, type Root, type RootId, type RootName } from './keyring.js';
import { type Path } from './keys.repository.js';
import { rootAbsent, withKeys } from './open-root.js';
import { markDestroyed, pendingRoots, rootInForce } from './roots.repository.js';
import { samplePaths } from './shred.repository.js';
import { type Owner } from './vault.js';

const SAMPLE_NODES = 32;

/**
 * Leaves the keyring with the root in force on every replica and no other root of the tenant on any, and
 * records the destruction. Before anything is destroyed, every replica's copy of the root in force has opened
 * committed keys: otherwise throws `KEYRING_INCOMPLETE`, or `KEY_STORE_STALE` when no replica holds it and
 * no older one is waiting to be destroyed.
 * The transaction holds the tenant's lock alone, and the rotation before it is committed: then a root that is
 * neither in force nor retired was prepared for a rotation that never came to be. Returns how many retired
 * roots went.
 */
export async function settleRoots(
  { keyring, clock }: KeyStore,
  tx: KeyStoreTx,
  rekeyed: readonly Owner[],
): Promise<number> {
  const inForce = { tenantId: tx.tenantId, rootId: await rootInForce(tx) };
  const pending = await pendingRoots(tx);
  await proveEverywhere(keyring, inForce, await samplePaths(tx, rekeyed, SAMPLE_NODES)).catch(
    (error: unknown) => {
      throw pending.length > 0 && isDomainError(error, 'KEY_STORE_STALE') ? unproved() : error;
    },
  );
  const found = await keyring.list(tx.tenantId);
  const others = new Set<RootId>([...found.map(({ rootId }) => rootId), ...pending]);
  others.delete(inForce.rootId);
  await keyring.destroy([...others].map((rootId) => ({ tenantId: tx.tenantId, rootId })));
  await markDestroyed(tx, pending, clock.now());
  return pending.length;
}

async function proveEverywhere(keyring: Keyring, name: RootName, sample: readonly Path[]): Promise<void> {
  const before = await provenCopies(keyring, name, sample);
  if (before.every((proven) => proven)) return;
  await copyBack(keyring, name, sample);
  const after = await provenCopies(keyring, name, sample);
  if (!after.every((proven) => proven)) throw unproved();
}

async function provenCopies(keyring: Keyring, name: RootName, sample: readonly Path[]): Promise<boolean[]> {
  const copies = await keyring.readAll(name);
  return copies.map((copy) => copy !== null && using(copy, (key) => opens({ ...name, key }, sample)));
}

async function copyBack(keyring: Keyring, name: RootName, sample: readonly Path[]): Promise<void> {
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

function opens(root: Root, sample: readonly Path[]): boolean {
  try {
    for (const path of sample) withKeys(root, path, () => undefined);
    return true;
  } catch (error) {
    if (isDomainError(error, 'SEAL_BROKEN')) return false;
    throw error;
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
