import { DomainError, type TenantId } from '@personr/kernel';
import { assertLabels, HOUSE_PREFIX } from './grow-owner.js';
import { growOwners } from './grow-owners.js';
import { macOf } from './identity.js';
import { type KeyStore } from './key-store.js';
import { keepMarks } from './mark-mirror.js';
import { findHoldings } from './keys.repository.js';
import { packFor } from './pack.js';
import { unknownTenant } from './roots.repository.js';
import { type MacWindow, type WindowMarks, type WindowSearch } from './vault.windows.js';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const LONGEST_DAYS = 3650;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Keeps the promise of `Vault.beginWindow`. */
export async function beginWindow(
  store: KeyStore,
  tenantId: TenantId,
  { use, window, marks }: WindowMarks,
): Promise<Uint8Array[]> {
  const expiresAt = endOf(window);
  if (expiresAt <= store.clock.now()) {
    throw new DomainError('VALIDATION_FAILED', 'A window that has ended takes nothing more in.');
  }
  const label = labelOf(use, window);
  const house = await houseOf(store, tenantId, [label]);
  const wanted = [{ owner: house.owner, labels: [label], expiresAt }];
  const macs = await growOwners(store, { tenantId, tree: 'REQUESTS', wanted }, (keys) => {
    const key = keys.get(house.owner)?.get(label)?.key;
    if (key === undefined) throw unknownTenant();
    return marks.map(({ identity }) => macOf(key, identity));
  });
  await keepMarks(store, tenantId, { use, window, marks, macs });
  return macs;
}

/** Keeps the promise of `Vault.windowMacs`. */
export async function windowMacs(
  store: KeyStore,
  tenantId: TenantId,
  { use, windows, identities }: WindowSearch,
): Promise<(Uint8Array[] | null)[]> {
  const now = store.clock.now();
  const labels = windows.map((window) => (endOf(window) <= now ? null : labelOf(use, window)));
  const living = labels.filter((label) => label !== null);
  if (living.length === 0) return windows.map(() => null);
  const house = await houseOf(store, tenantId, living);
  // A key that is not there is not made: nothing was ever marked with it.
  const there = living.filter((label) => house.has(label));
  if (there.length === 0) return windows.map(() => null);
  const wanted = [{ owner: house.owner, labels: there, expiresAt: null }];
  return growOwners(store, { tenantId, tree: 'REQUESTS', wanted }, (keys) =>
    labels.map((label) => {
      const key =
        label === null || !there.includes(label) ? undefined : keys.get(house.owner)?.get(label)?.key;
      return key === undefined ? null : identities.map((identity) => macOf(key, identity));
    }),
  );
}

async function houseOf(store: KeyStore, tenantId: TenantId, labels: readonly string[]) {
  const reading = await store.database.forTenant(tenantId, 'SHARED', (tx) =>
    findHoldings(tx, { tree: 'REQUESTS', owner: null }, labels),
  );
  if (reading === null) throw unknownTenant();
  return {
    owner: reading.house,
    has: (label: string) => packFor(reading.packs, label) !== undefined,
  };
}

function endOf({ day, days }: MacWindow): Date {
  if (!DAY.test(day) || !Number.isInteger(days) || days < 1 || days > LONGEST_DAYS) {
    throw new DomainError(
      'VALIDATION_FAILED',
      `A window has a day as in 2026-11-25 and 1 to ${String(LONGEST_DAYS)} days.`,
    );
  }
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * DAY_MILLISECONDS);
}

function labelOf(use: string, { day, days }: MacWindow): string {
  assertLabels([use]);
  return `${HOUSE_PREFIX}window:${use}:${day}:${String(days)}`;
}
