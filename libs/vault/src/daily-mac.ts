import { createHmac } from 'node:crypto';
import { type TenantId } from '@personr/kernel';
import { using } from './aead.js';
import { assertLabels, growBranch } from './grow-branch.js';
import { HOUSE_PREFIX } from './house.js';
import { type KeyStore } from './key-store.js';
import { findBranch } from './keys.repository.js';
import { openLeaf, withRoot } from './open-root.js';
import { unknownTenant } from './roots.repository.js';
import { type DailyMac } from './vault.js';
import { type WrappedLeaf } from './wrap.js';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const LIFE_MILLISECONDS = 2 * DAY_MILLISECONDS;

/** Keeps the promise of `Vault.dailyMac`. */
export async function dailyMac(
  { database, keyring, clock }: KeyStore,
  tenantId: TenantId,
  use: string,
  data: Uint8Array,
): Promise<DailyMac> {
  assertLabels([use]);
  const at = clock.now();
  const dayStart = Math.floor(at.getTime() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
  const today = labelOf(use, dayStart);
  const yesterday = labelOf(use, dayStart - DAY_MILLISECONDS);
  const expiresAt = new Date(dayStart + LIFE_MILLISECONDS);
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    const house = await findBranch(tx, tenantId, [today, yesterday]);
    if (!house?.node) throw unknownTenant();
    const { node, leaves, rootId } = house;
    return withRoot(tx, keyring, rootId, async (root) => {
      const wanted = { owner: tenantId, labels: [today], at, expiresAt };
      const todays = leaves.get(today) ?? (await growBranch(tx, root, wanted)).leaves.get(today);
      const yesterdays = leaves.get(yesterday);
      if (todays === undefined) throw unknownTenant();
      const mac = (leaf: WrappedLeaf) =>
        using(openLeaf(root, node, leaf), (key) => createHmac('sha256', key).update(data).digest());
      return { today: mac(todays), yesterday: yesterdays === undefined ? null : mac(yesterdays) };
    });
  });
}

const labelOf = (use: string, dayStart: number): string =>
  `${HOUSE_PREFIX}daily:${use}:${new Date(dayStart).toISOString().slice(0, 10)}`;
