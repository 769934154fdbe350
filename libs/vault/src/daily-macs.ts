import { createHmac } from 'node:crypto';
import { type TenantId } from '@personr/kernel';
import { assertLabels } from './grow-owner.js';
import { type LeasedDayKeys } from './leased-day-keys.js';
import { type DailyMac } from './vault.windows.js';

/** Keeps the promise of `Vault.dailyMacs`. */
export async function dailyMacs(
  dayKeys: LeasedDayKeys,
  tenantId: TenantId,
  use: string,
  data: readonly Uint8Array[],
): Promise<DailyMac[]> {
  assertLabels([use]);
  return dayKeys.use(tenantId, use, ({ today, yesterday }) =>
    data.map((bytes) => ({
      today: mac(today, bytes),
      yesterday: yesterday === null ? null : mac(yesterday, bytes),
    })),
  );
}

const mac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest();
