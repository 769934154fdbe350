import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SEQUENCED_AT_ONCE, Sequencer } from '@personr/audit';
import { Tenancy } from '@personr/tenancy';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';

const TENANTS_AT_ONCE = 50;
// Under an import every act leaves an entry: those of a while are placed and signed together.
const REST_MILLISECONDS = 200;

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

  /** Returns how much may be left: what came since then rests with the pulse, or until somebody wakes it. */
  private async sequenceAll(): Promise<number> {
    const tenants = await this.tenancy.forRelay((tx) => this.sequencer.due(tx, TENANTS_AT_ONCE));
    let left = tenants.length === TENANTS_AT_ONCE ? 1 : 0;
    for (const tenantId of tenants) {
      if ((await this.sequencer.run(tenantId)) === SEQUENCED_AT_ONCE) left += 1;
    }
    return left;
  }
}
