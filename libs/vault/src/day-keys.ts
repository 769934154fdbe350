import { type TenantId } from '@personr/kernel';
import { growBranch } from './grow-branch.js';
import { HOUSE_PREFIX } from './house.js';
import { type KeyStore } from './key-store.js';
import { findBranch } from './keys.repository.js';
import { copyKey, withRoot } from './open-root.js';
import { packFor } from './pack.js';
import { unknownTenant } from './roots.repository.js';

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
export function openDayKeys(
  { database, keyring }: KeyStore,
  tenantId: TenantId,
  { use, at }: { use: string; at: Date },
): Promise<DayKeys> {
  const dayStart = dayStartOf(at);
  const today = labelOf(use, dayStart);
  const yesterday = labelOf(use, dayStart - DAY_MILLISECONDS);
  const expiresAt = new Date(dayStart + LIFE_MILLISECONDS);
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    const house = await findBranch(tx, tenantId, [today, yesterday]);
    if (!house?.node) throw unknownTenant();
    return withRoot(tx, keyring, house.rootId, async (root) => {
      const wanted = { owner: tenantId, labels: [today], at, expiresAt };
      const { node, packs } = await growBranch(tx, root, wanted, house);
      const copy = (label: string): Buffer | null => {
        const pack = packFor(packs, label);
        return pack === undefined ? null : copyKey(root, { node, pack }, label);
      };
      const todays = copy(today);
      if (todays === null) throw unknownTenant();
      return { today: todays, yesterday: copy(yesterday) };
    });
  });
}

/** Overwrites both keys. */
export function wipe({ today, yesterday }: DayKeys): void {
  today.fill(0);
  yesterday?.fill(0);
}

const labelOf = (use: string, dayStart: number): string =>
  `${HOUSE_PREFIX}daily:${use}:${new Date(dayStart).toISOString().slice(0, 10)}`;
