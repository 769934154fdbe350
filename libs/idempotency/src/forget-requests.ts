import { Injectable } from '@nestjs/common';
import { Clock, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { removeExpired } from './idempotency.repository.js';

const AT_ONCE = 1_000;

/** Forgets requests whose keys may be used anew. */
@Injectable()
export class ForgetRequests {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /** Removes what is kept of the tenant's requests past its time, a thousand in a transaction. Returns how many those were. */
  async run(tenantId: TenantId): Promise<number> {
    const now = this.clock.now();
    for (let count = 0; ;) {
      const removed = await this.tenancy.forTenant(tenantId, (tx) =>
        removeExpired(tx, { now, limit: AT_ONCE }),
      );
      count += removed;
      if (removed < AT_ONCE) return count;
    }
  }
}
