import { Inject, Injectable } from '@nestjs/common';
import { Sequencer } from '@personr/audit';
import { isDomainError, safeError, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { TideGate } from '@personr/tide';
import { type Logger } from 'pino';
import { KeptPulse } from './kept.pulse.js';
import { LOGGER } from './logger.js';

/** Looked up at once: who waits, not who there is. */
const TENANTS_AT_ONCE = 1_000;
/** Logs that are staged, recorded and committed together. */
const LOGS_TOGETHER = 200;
/** Runs at the same time: while one waits for a disk, another hashes. */
const LANES = 2;
// Under an import every act leaves an entry: those of a while are placed and signed together.
const REST_MILLISECONDS = 200;
// About five seconds of beats.
const MOST_PASSES = 25;

/** Keeps the logs moving: sequences every tenant with pending entries, those that wait longest first, many together. */
@Injectable()
export class LogPulse extends KeptPulse {
  private readonly failed = new Map<TenantId, { failures: number; passes: number }>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly sequencer: Sequencer,
    gate: TideGate,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super({ restMilliseconds: REST_MILLISECONDS, gate, logger });
  }

  /** Returns how much may be left: what came since then rests with the pulse, or until somebody wakes it. */
  protected async beat(): Promise<number> {
    const due = await this.tenancy.forRelay((tx) => this.sequencer.due(tx, TENANTS_AT_ONCE));
    const tenants = due.filter((tenantId) => this.isInTurn(tenantId));
    let left = due.length === TENANTS_AT_ONCE && tenants.length > 0 ? 1 : 0;
    const groups = groupsOf(tenants).values();
    const lane = async (): Promise<void> => {
      for (const group of groups) left += await this.sequence(group);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return left;
  }

  /** A log that cannot be signed must not keep the others waiting: it is passed over for a while. */
  private isInTurn(tenantId: TenantId): boolean {
    const failed = this.failed.get(tenantId);
    if (failed === undefined || failed.passes === 0) return true;
    failed.passes -= 1;
    return false;
  }

  /** How many of these logs may have more. */
  private async sequence(tenants: readonly TenantId[]): Promise<number> {
    let left = 0;
    for (const [tenantId, { error, hasMore }] of await this.sequencer.runAll(tenants)) {
      if (error === null) this.failed.delete(tenantId);
      else this.note(tenantId, error);
      if (hasMore) left += 1;
    }
    return left;
  }

  private note(tenantId: TenantId, error: unknown): void {
    const failures = (this.failed.get(tenantId)?.failures ?? 0) + 1;
    this.failed.set(tenantId, { failures, passes: Math.min(2 ** failures, MOST_PASSES) });
    const line = { error: safeError(error), tenantId, failures };
    if (isDomainError(error, 'LOG_FORKED')) this.logger.fatal(line, 'LOG_FORKED: a log is signed no more');
    else this.logger.error(line, 'a log was not signed');
  }
}

function groupsOf(tenants: readonly TenantId[]): TenantId[][] {
  const count = Math.ceil(tenants.length / LOGS_TOGETHER);
  return Array.from({ length: count }, (_, at) =>
    tenants.slice(at * LOGS_TOGETHER, (at + 1) * LOGS_TOGETHER),
  );
}
