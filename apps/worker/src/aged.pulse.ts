import { Inject, Injectable } from '@nestjs/common';
import { ForgetRequests } from '@personr/idempotency';
import { Clock, type TenantId } from '@personr/kernel';
import { TideGate } from '@personr/tide';
import { Vault } from '@personr/vault';
import { type Logger } from 'pino';
import { TenantPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const ROUND_MILLISECONDS = 3_600_000;
const REST_MILLISECONDS = 5_000;

/**
 * Destroys keys that have aged and forgets requests that have, tenant by tenant, in rounds of an hour: also those of a
 * tenant that erases nobody, whose keys of the day would otherwise outlive their 48 hours.
 */
@Injectable()
export class AgedPulse extends TenantPulse {
  private left: TenantId[] = [];
  private roundBegunAt = -Infinity;

  constructor(
    private readonly vault: Vault,
    private readonly forgetRequests: ForgetRequests,
    private readonly clock: Clock,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  /** The next of the round. */
  protected async due(): Promise<TenantId[]> {
    const now = this.clock.now().getTime();
    if (this.left.length === 0 && now - this.roundBegunAt >= ROUND_MILLISECONDS) {
      this.roundBegunAt = now;
      this.left = await this.vault.tenants();
    }
    const next = this.left.pop();
    return next === undefined ? [] : [next];
  }

  protected async visit(tenantId: TenantId): Promise<number> {
    await this.vault.sweep(tenantId);
    await this.forgetRequests.run(tenantId);
    return 1;
  }
}
