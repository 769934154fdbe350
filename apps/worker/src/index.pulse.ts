import { Inject, Injectable } from '@nestjs/common';
import { CompleteReceipts } from '@personr/execution';
import { type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { TenantPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const TENANTS_AT_ONCE = 20;
const REST_MILLISECONDS = 5_000;

/** Keeps the promise that no guess of an erased identity can be confirmed, tenant by tenant, before it is due. */
@Injectable()
export class IndexPulse extends TenantPulse {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly completeReceipts: CompleteReceipts,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  protected due(): Promise<TenantId[]> {
    return this.tenancy.forRelay((tx) => this.completeReceipts.due(tx, TENANTS_AT_ONCE));
  }

  protected visit(tenantId: TenantId): Promise<number> {
    return this.completeReceipts.run(tenantId);
  }
}
