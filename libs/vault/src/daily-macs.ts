import { createHmac } from 'node:crypto';
import { type TenantId } from '@personr/kernel';
import { assertLabels, growBranch } from './grow-branch.js';
import { HOUSE_PREFIX } from './house.js';
import { type KeyStore } from './key-store.js';
import { findBranch } from './keys.repository.js';
import { copyKey, withRoot } from './open-root.js';
import { packFor } from './pack.js';
import { unknownTenant } from './roots.repository.js';
import { type DailyMac } from './vault.js';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const LIFE_MILLISECONDS = 2 * DAY_MILLISECONDS;

/** Keeps the promise of `Vault.dailyMacs`. */
export async function dailyMacs(
  store: KeyStore,
  tenantId: TenantId,
  use: string,
  data: readonly Uint8Array[],
): Promise<DailyMac[]> {
  assertLabels([use]);
  const { today, yesterday } = await dayKeys(store, tenantId, use);
  try {
    return data.map((bytes) => ({
      today: mac(today, bytes),
      yesterday: yesterday === null ? null : mac(yesterday, bytes),
    }));
  } finally {
    today.fill(0);
    yesterday?.fill(0);
  }
}

type DayKeys = { readonly today: Buffer; readonly yesterday: Buffer | null };

/** The keys of today, made where missing, and of yesterday, if there was one. Whoever asked overwrites them. */
function dayKeys({ database, keyring, clock }: KeyStore, tenantId: TenantId, use: string): Promise<DayKeys> {
  const at = clock.now();
  const dayStart = Math.floor(at.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
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

const mac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest();

const labelOf = (use: string, dayStart: number): string =>
  `${HOUSE_PREFIX}daily:${use}:${new Date(dayStart).toISOString().slice(0, 10)}`;
