import { type Clock, type TenantId } from '@personr/kernel';
import { type RelayTx, type Tenancy, type TenantTx } from '@personr/tenancy';
import { type AuditLog } from './audit-log.js';
import { summaryOf } from './counted-event.js';
import { takeOver } from './counted-event.repository.js';
import { LOG_ENDED, type LogEvent } from './log.events.js';
import { lockHead } from './log.repository.js';

/** A log that is to end, or whose end was begun: whether it may. */
export type Ending = { readonly tenantId: TenantId; readonly mayEnd: boolean };

/** Nothing has happened to a tenant that left for so long: time to take the evidence away, and for whatever is late. */
const QUIET_MILLISECONDS = 24 * 3_600_000;
/** No transaction that began to write before a log began to end lasts as long. */
const SETTLED_MILLISECONDS = 120_000;
const COUNTS_AT_ONCE = 500;
/** Counts of whatever interval. */
const EVER = new Date('9999-12-31T00:00:00.000Z');

/**
 * Ends logs of tenants that left: a last entry says so, and the database lets none come after it. Log, checkpoints, receipts
 * and packs stay readable for as long as entries are kept.
 */
export class EndLogs {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  /** Logs of tenants that left whose end is not written: of those of whom nothing is open, nor was within a day. */
  async due(tx: RelayTx, limit: number): Promise<Ending[]> {
    const before = new Date(this.clock.now().getTime() - QUIET_MILLISECONDS);
    const rows = await tx.$queryRaw<{ tenant_id: TenantId; may_end: boolean }[]>`
      select tenant_id::text, may_end from logs_ending(${before}, ${limit}::int)`;
    return rows.map((row) => ({ tenantId: row.tenant_id, mayEnd: row.may_end }));
  }

  /**
   * Takes the next step and returns how many entries it wrote. First nothing more is taken, and what was only counted is
   * told; two minutes later, when each entry has its place, the last one is written. If something was opened meanwhile that
   * will write, the log goes on. After a crash the next call does the same.
   */
  run({ tenantId, mayEnd }: Ending): Promise<number> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      if ((await lockHead(tx)) === null) return 0;
      const endingAt = await endingOf(tx);
      if (!mayEnd) return this.goOn(tx);
      if (endingAt === null) return this.begin(tx);
      const now = this.clock.now();
      if (now.getTime() - endingAt.getTime() < SETTLED_MILLISECONDS || (await waits(tx))) return 0;
      const event: LogEvent = { event: LOG_ENDED, at: now, actor: { kind: 'SYSTEM' } };
      await this.audit.appendLast(tx, event);
      return 1;
    });
  }

  private async begin(tx: TenantTx): Promise<number> {
    const at = this.clock.now();
    let told = 0;
    let counts = await takeOver(tx, EVER, COUNTS_AT_ONCE);
    while (counts.length > 0) {
      const entries = counts.flatMap((count) => summaryOf(count, at) ?? []);
      await this.audit.appendAll(tx, entries);
      told += entries.length;
      counts = await takeOver(tx, EVER, COUNTS_AT_ONCE);
    }
    await tx.bulk`update log_head set ending_at = ${at.toISOString()} where tenant_id = ${tx.tenantId}`;
    return told;
  }

  private async goOn(tx: TenantTx): Promise<number> {
    await tx.bulk`update log_head set ending_at = null where tenant_id = ${tx.tenantId} and ended_by is null`;
    return 0;
  }
}

/** From when on a log takes nothing; null while it does. */
async function endingOf(tx: TenantTx): Promise<Date | null> {
  const [row] = await tx.bulk`select ending_at from log_head where tenant_id = ${tx.tenantId}`;
  return (row?.ending_at ?? null) as Date | null;
}

async function waits(tx: TenantTx): Promise<boolean> {
  const rows = await tx.bulk`select from audit_outbox where tenant_id = ${tx.tenantId} limit 1`;
  return rows.length > 0;
}
