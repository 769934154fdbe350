import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Sequencer } from '@personr/audit';
import { Tenancy } from '@personr/tenancy';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';

const TENANTS_AT_ONCE = 50;
const REST_MILLISECONDS = 100;

/** Keeps the logs moving: sequences every tenant with pending entries, those that wait longest first. */
@Injectable()
export class LogPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly sequencer: Sequencer,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.pulse = new Pulse(() => this.sequenceAll(), REST_MILLISECONDS, logger);
  }

  onApplicationBootstrap(): void {
    this.pulse.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.pulse.stop();
  }

  /** Sequences now rather than at the next beat. */
  wake(): void {
    this.pulse.wake();
  }

  private async sequenceAll(): Promise<number> {
    const tenants = await this.tenancy.forRelay((tx) => this.sequencer.due(tx, TENANTS_AT_ONCE));
    let sequenced = 0;
    for (const tenantId of tenants) sequenced += await this.sequencer.run(tenantId);
    return sequenced;
  }
}
