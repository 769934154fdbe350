import { Inject, Injectable } from '@nestjs/common';
import { CountedLog } from '@personr/audit';
import { type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { TenantPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const TENANTS_AT_ONCE = 50;
const REST_MILLISECONDS = 1_000;

/** Tells each tenant's log, once an interval is over, of what was only counted in it. */
@Injectable()
export class CountPulse extends TenantPulse {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly counted: CountedLog,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  protected due(): Promise<TenantId[]> {
    return this.tenancy.forRelay((tx) => this.counted.due(tx, TENANTS_AT_ONCE));
  }

  protected visit(tenantId: TenantId): Promise<number> {
    return this.counted.tell(tenantId);
  }
}
