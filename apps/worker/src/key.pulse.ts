import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Clock, type TenantId } from '@personr/kernel';
import { TideGate } from '@personr/tide';
import { Vault } from '@personr/vault';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

const ROUND_MILLISECONDS = 3_600_000;
const REST_MILLISECONDS = 5_000;

/**
 * Destroys keys that have aged, tenant by tenant, in rounds of an hour: also those of a tenant that erases nobody, whose
 * keys of the day would otherwise outlive their 48 hours.
 */
@Injectable()
export class KeyPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;
  private left: TenantId[] = [];
  private roundBegunAt = -Infinity;

  constructor(
    private readonly vault: Vault,
    private readonly clock: Clock,
    gate: TideGate,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.pulse = new Pulse(
      whileOpen(gate, () => this.sweepNext()),
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

  private async sweepNext(): Promise<number> {
    const now = this.clock.now().getTime();
    if (this.left.length === 0 && now - this.roundBegunAt >= ROUND_MILLISECONDS) {
      this.roundBegunAt = now;
      this.left = await this.vault.tenants();
    }
    const next = this.left.pop();
    if (next === undefined) return 0;
    await this.vault.sweep(next);
    return 1;
  }
}
