import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CountedLog } from '@personr/audit';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

const TENANTS_AT_ONCE = 50;
const REST_MILLISECONDS = 1_000;

/** Tells each tenant's log, once an interval is over, of what was only counted in it. */
@Injectable()
export class CountPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly counted: CountedLog,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.pulse = new Pulse(
      whileOpen(gate, () => this.tellAll()),
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

  private async tellAll(): Promise<number> {
    const tenants = await this.tenancy.forRelay((tx) => this.counted.due(tx, TENANTS_AT_ONCE));
    let told = 0;
    for (const tenantId of tenants) told += await this.counted.tell(tenantId);
    return told;
  }
}
