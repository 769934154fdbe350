import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CompleteReceipts } from '@personr/execution';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

const TENANTS_AT_ONCE = 20;
const REST_MILLISECONDS = 5_000;

/** Keeps the promise that no guess of an erased identity can be confirmed, tenant by tenant, before it is due. */
@Injectable()
export class IndexPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly completeReceipts: CompleteReceipts,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.pulse = new Pulse(
      whileOpen(gate, () => this.renewAll()),
      REST_MILLISECONDS,
      logger,
    );
  }

  onApplicationBootstrap(): void {
    this.pulse.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.pulse.stop();
  }

  private async renewAll(): Promise<number> {
    const tenants = await this.tenancy.forRelay((tx) => this.completeReceipts.due(tx, TENANTS_AT_ONCE));
    let completed = 0;
    for (const tenantId of tenants) completed += await this.completeReceipts.run(tenantId);
    return completed;
  }
}
