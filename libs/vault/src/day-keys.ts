import { type TenantId } from '@personr/kernel';
import { HOUSE_PREFIX } from './grow-owner.js';
import { growOwners } from './grow-owners.js';
import { type KeyStore } from './key-store.js';
import { findHoldings } from './keys.repository.js';
import { packFor } from './pack.js';
import { unknownTenant } from './roots.repository.js';

/** How the labels of keys of days begin. */
export const DAILY_PREFIX = `${HOUSE_PREFIX}daily:`;

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const LIFE_MILLISECONDS = 2 * DAY_MILLISECONDS;

/** The keys of a UTC day and of the day before, in the open; null when no key was made that day or it is gone. */
export type DayKeys = { readonly today: Buffer; readonly yesterday: Buffer | null };

/** The start of the UTC day. */
export const dayStartOf = (at: Date): number =>
  Math.floor(at.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS;

/** The instant at which the key of the day before expires: none of the two may be used after it. */
export const dayEndOf = (at: Date): number => dayStartOf(at) + DAY_MILLISECONDS;

/** The keys of today, made where missing, and of yesterday, if there was one. Whoever asked overwrites them. */
export async function openDayKeys(
  store: KeyStore,
  tenantId: TenantId,
  { use, at }: { use: string; at: Date },
): Promise<DayKeys> {
  const dayStart = dayStartOf(at);
  const today = labelOf(use, dayStart);
  const yesterday = labelOf(use, dayStart - DAY_MILLISECONDS);
  const reading = await store.database.forTenant(tenantId, 'SHARED', (tx) =>
    findHoldings(tx, { tree: 'REQUESTS', owner: null }, [today, yesterday]),
  );
  if (reading === null) throw unknownTenant();
  // A key that is not there is not made for yesterday: nothing was ever marked with it.
  const isThere = packFor(reading.packs, yesterday) !== undefined;
  const wanted = {
    owner: reading.house,
    labels: isThere ? [today, yesterday] : [today],
    expiresAt: new Date(dayStart + LIFE_MILLISECONDS),
  };
  return growOwners(store, { tenantId, tree: 'REQUESTS', wanted: [wanted] }, (keys) => {
    const copy = (label: string): Buffer | null => {
      const found = keys.get(reading.house)?.get(label);
      return found === undefined ? null : Buffer.from(found.key);
    };
    const todays = copy(today);
    if (todays === null) throw unknownTenant();
    return { today: todays, yesterday: copy(yesterday) };
  });
}

/** Overwrites both keys. */
export function wipe({ today, yesterday }: DayKeys): void {
  today.fill(0);
  yesterday?.fill(0);
}

const labelOf = (use: string, dayStart: number): string =>
  `${DAILY_PREFIX}${use}:${new Date(dayStart).toISOString().slice(0, 10)}`;
