import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { SEQUENCED_AT_ONCE, Sequencer } from '@personr/audit';
import { isDomainError, safeError, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { LOGGER } from './logger.js';
import { Pulse } from './pulse.js';
import { whileOpen } from './while-open.js';

/** Looked up at once: who waits, not who there is. */
const TENANTS_AT_ONCE = 200;
/** Logs that are signed at the same time: while one waits for a disk, another hashes. */
const LANES = 8;
// Under an import every act leaves an entry: those of a while are placed and signed together.
const REST_MILLISECONDS = 200;
// About five seconds of beats.
const MOST_PASSES = 25;

/** Keeps the logs moving: sequences every tenant with pending entries, those that wait longest first. */
@Injectable()
export class LogPulse implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly pulse: Pulse;
  private readonly failed = new Map<TenantId, { failures: number; passes: number }>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly sequencer: Sequencer,
    gate: TideGate,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.pulse = new Pulse(
      whileOpen(gate, () => this.sequenceAll()),
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

  /** Sequences now rather than at the next beat. */
  wake(): void {
    this.pulse.wake();
  }

  /** Returns how much may be left: what came since then rests with the pulse, or until somebody wakes it. */
  private async sequenceAll(): Promise<number> {
    const tenants = await this.tenancy.forRelay((tx) => this.sequencer.due(tx, TENANTS_AT_ONCE));
    const passedOver = tenants.filter((tenantId) => (this.failed.get(tenantId)?.passes ?? 0) > 0);
    let left = tenants.length === TENANTS_AT_ONCE && passedOver.length < TENANTS_AT_ONCE ? 1 : 0;
    const queue = tenants.values();
    const lane = async (): Promise<void> => {
      for (const tenantId of queue) if ((await this.sequence(tenantId)) === SEQUENCED_AT_ONCE) left += 1;
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return left;
  }

  /** How many entries got a place. A log that cannot be signed must not keep the others waiting: it is passed over for a while. */
  private async sequence(tenantId: TenantId): Promise<number> {
    const failed = this.failed.get(tenantId);
    if (failed !== undefined && failed.passes > 0) {
      failed.passes -= 1;
      return 0;
    }
    try {
      const found = await this.sequencer.run(tenantId);
      this.failed.delete(tenantId);
      return found;
    } catch (error) {
      this.note(tenantId, { error, failures: (failed?.failures ?? 0) + 1 });
      return 0;
    }
  }

  private note(tenantId: TenantId, { error, failures }: { error: unknown; failures: number }): void {
    this.failed.set(tenantId, { failures, passes: Math.min(2 ** failures, MOST_PASSES) });
    const line = { error: safeError(error), tenantId, failures };
    if (isDomainError(error, 'LOG_FORKED')) this.logger.fatal(line, 'LOG_FORKED: a log is signed no more');
    else this.logger.error(line, 'a log was not signed');
  }
}
