import { Injectable } from '@nestjs/common';
import { lacksSigned } from '@personr/audit';
import { type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { HoldMirror, KeyStoreHeads } from '@personr/vault';
import { countUnknownHolds } from './tide.repository.js';

const AT_ONCE = 8;

/**
 * Knows a data database that is older by less than the time between two marks, tenant by tenant: a log that was signed
 * further than it goes here, or a hold that was placed and is not known here.
 */
@Injectable()
export class LastMoment {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly heads: KeyStoreHeads,
    private readonly holds: HoldMirror,
  ) {}

  /**
   * Whether nothing is lacking of what is remembered of these tenants: of holds, those since `since`. While somebody places
   * a hold or sequences a log it may say no where nothing is: ask again. Throws `SERVICE_UNAVAILABLE`.
   */
  async isKnown(tenants: readonly TenantId[], since: Date): Promise<boolean> {
    const left = [...tenants];
    let isKnown = true;
    const lookOn = async (): Promise<void> => {
      for (let next = left.pop(); next !== undefined && isKnown; next = left.pop())
        if (await this.lacks(next, since)) isKnown = false;
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, lookOn));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return isKnown;
  }

  private async lacks(tenantId: TenantId, since: Date): Promise<boolean> {
    const placed = await this.holds.settledSince(tenantId, since);
    if (placed.length > 0) {
      const unknown = await this.tenancy.forTenant(tenantId, (tx) => countUnknownHolds(tx, placed));
      if (unknown > 0) return true;
    }
    return lacksSigned(this.tenancy, this.heads, tenantId);
  }
}
