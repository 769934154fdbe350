import { type TenantId } from '@personr/kernel';
import { growOwner, type Ground, holdingsOf } from './grow-owner.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { houseReading } from './keys.repository.js';
import { OpenIndex } from './open-index.js';
import { withTree } from './open-root.js';
import { keysIn, type OpenKey } from './pack.js';
import { unknownTenant } from './roots.repository.js';
import { toReadings, type TreeReading } from './tree-reading.js';

/** The tree of subjects, open as far as the tenant's own keys, and the index. */
export type OpenHouse = {
  readonly ground: Ground;
  readonly reading: TreeReading;
  readonly index: OpenIndex;
  /** The tenant's own keys in this tree, by label. */
  readonly keys: ReadonlyMap<string, OpenKey>;
};

/**
 * Begins a transaction under the tenant's shared lock and opens the index for the length of `work`. Throws
 * `KEY_STORE_STALE` for an unknown tenant.
 */
export function withIndex<T>(
  { database, keyring, clock }: KeyStore,
  tenantId: TenantId,
  work: (tx: KeyStoreTx, house: OpenHouse) => Promise<T>,
): Promise<T> {
  const opening = { lock: 'SHARED', read: houseReading(tenantId, 'SUBJECTS') } as const;
  return database.forTenantReading(tenantId, opening, (tx, rows) => {
    const reading = toReadings(rows).get('SUBJECTS');
    if (reading === undefined) throw unknownTenant();
    return withTree(tx, keyring, reading, (open) => {
      const ground = { tenantId, open, at: clock.now() };
      const keys = houseKeys(ground, reading);
      return work(tx, { ground, reading, keys, index: new OpenIndex(keys) });
    });
  });
}

/** Every key of the house in what was read of a tree. */
export function houseKeys(ground: Ground, reading: TreeReading): ReadonlyMap<string, OpenKey> {
  const holdings = holdingsOf(reading, reading.house);
  if (holdings === null) throw unknownTenant();
  const labels = holdings.packs.flatMap((pack) => keysIn(pack).map(([label]) => label));
  return growOwner(ground, { owner: reading.house, labels, expiresAt: null }, holdings).keys;
}
