import { Injectable } from '@nestjs/common';
import { Clock, type TenantId } from '@personr/kernel';
import { type RelayTx, Tenancy, type TenantTx } from '@personr/tenancy';
import { type AuditEvent } from './audit-event.js';
import { AuditLog } from './audit-log.js';
import { type Count, type CountableEvent, countOf, keyOfCount, summaryOf } from './counted-event.js';
import { addCounts, takeOver, tenantsWithOver } from './counted-event.repository.js';

/** How many events one transaction takes, and how many counts. */
const AT_ONCE = 500;

type Waiting = {
  readonly events: readonly CountableEvent[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
};

/**
 * The tenant's log for what somebody may cause as often as they like: of an interval the first have an entry each, all
 * others one together, which says how many there were. Nothing is lost: each is counted in PostgreSQL before its doer is
 * answered, and a count goes in the transaction in which the entry comes that tells of it.
 */
@Injectable()
export class CountedLog {
  private readonly waiting = new Map<TenantId, Waiting[]>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts the events, and writes the entries of those that have one; resolves when that is committed. Whoever comes while
   * a transaction of this tenant goes on comes into the next one with all the others, so that a flood takes one connection.
   */
  note(tenantId: TenantId, events: readonly CountableEvent[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.waiting.get(tenantId);
      const one: Waiting = { events, resolve, reject };
      if (queue !== undefined) {
        queue.push(one);
        return;
      }
      this.waiting.set(tenantId, [one]);
      void this.work(tenantId);
    });
  }

  /** The same in the caller's transaction. Nothing else is to be locked in it after. */
  async noteIn(tx: TenantTx, events: readonly CountableEvent[]): Promise<void> {
    if (events.length === 0) return;
    const counts = new Map<string, Count>();
    for (const event of events) {
      const count = countOf(event);
      const known = counts.get(keyOfCount(count));
      counts.set(keyOfCount(count), { ...count, count: count.count + (known?.count ?? 0) });
    }
    const now = await addCounts(tx, [...counts.values()]);
    const before = new Map([...counts].map(([key, { count }]) => [key, (now.get(key) ?? count) - count]));
    await this.audit.appendAll(tx, events.flatMap(firstOf(before)));
  }

  /** Tenants with counts of intervals that are over. */
  due(tx: RelayTx, limit: number): Promise<TenantId[]> {
    return tenantsWithOver(tx, this.clock.now(), limit);
  }

  /** Tells, by an entry for each count, of what was counted in intervals that are over. Returns how many counts there were. */
  tell(tenantId: TenantId): Promise<number> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const at = this.clock.now();
      const counts = await takeOver(tx, at, AT_ONCE);
      await this.audit.appendAll(
        tx,
        counts.flatMap((count) => summaryOf(count, at) ?? []),
      );
      return counts.length;
    });
  }

  private async work(tenantId: TenantId): Promise<void> {
    for (let taken = this.take(tenantId); taken.length > 0; taken = this.take(tenantId)) {
      const events = taken.flatMap((one) => one.events);
      try {
        await this.tenancy.forTenant(tenantId, (tx) => this.noteIn(tx, events));
        for (const { resolve } of taken) resolve();
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
  }

  /** The next to be written together; when there is none, nobody works for this tenant any more. */
  private take(tenantId: TenantId): Waiting[] {
    const taken = (this.waiting.get(tenantId) ?? []).splice(0, AT_ONCE);
    if (taken.length === 0) this.waiting.delete(tenantId);
    return taken;
  }
}

/** The entries that an event has of its own: those of its count that are among the first. */
function firstOf(before: Map<string, number>): (one: CountableEvent) => AuditEvent[] {
  return (one) => {
    const key = keyOfCount(countOf(one));
    const earlier = before.get(key) ?? 0;
    const times = one.times ?? 1;
    before.set(key, earlier + times);
    const entries = Math.max(0, Math.min(times, one.counting.singly - earlier));
    return Array.from({ length: entries }, () => one.event);
  };
}
