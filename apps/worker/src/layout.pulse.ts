import { Inject, Injectable } from '@nestjs/common';
import { LayOutLogs } from '@personr/audit';
import { safeError, type TenantId } from '@personr/kernel';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

const REST_MILLISECONDS = 1_000;
/** After a pass it rests for so many times as long as that took: what is staged is as safe, and signing comes first. */
const RESTS_PER_PASS = 5;

/** Keeps the evidence store readable: lays out what was signed since the last pass. */
@Injectable()
export class LayoutPulse extends KeptPulse {
  private notBefore = 0;
  private failing: ReadonlySet<TenantId> = new Set();

  constructor(
    private readonly layOutLogs: LayOutLogs,
    gate: TideGate,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  /** What was signed by then is laid out when the process ends, if that can be; else the next one does it. */
  override async onApplicationShutdown(): Promise<void> {
    await super.onApplicationShutdown();
    await this.layOutLogs.run().catch((error: unknown) => {
      this.logger.warn({ error: safeError(error) }, 'what was signed last is staged, not laid out');
    });
  }

  protected async beat(): Promise<number> {
    const from = performance.now();
    if (from < this.notBefore) return 0;
    const { errors } = await this.layOutLogs.run();
    for (const [tenantId, error] of errors) {
      if (!this.failing.has(tenantId))
        this.logger.error({ error: safeError(error), tenantId }, 'a log was not laid out');
    }
    this.failing = new Set(errors.keys());
    const now = performance.now();
    this.notBefore = now + (now - from) * RESTS_PER_PASS;
    return 0;
  }
}
