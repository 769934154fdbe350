import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { AuditLog } from './audit-log.js';
import { by, type Caller } from './audit-event.js';
import { type EvidenceEvent } from './evidence.events.js';

/** What is taken of a log file by file. */
export type LogPart = 'checkpoints' | 'tiles' | 'bundles';

const HOUR_MILLISECONDS = 3_600_000;

type Count = {
  readonly caller: Caller;
  readonly hour: number;
  readonly noted: Promise<void>;
  readonly taken: Record<LogPart, number>;
};

/**
 * Says in a tenant's log that somebody takes it file by file, without an entry a file: a verifier of a long log asks for
 * tens of thousands, and each entry makes another. Decision 2026-11-30-reads-of-evidence.
 */
@Injectable()
export class CountReads implements BeforeApplicationShutdown {
  private readonly counts = new Map<string, Count>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts a file. The first that a caller takes in an hour leaves an entry (`evidence.read`), committed when this
   * resolves; how many there were is a second one (`evidence.counted`), once the hour has ended. Only that number is lost
   * when the process is killed, or the database does not answer then.
   */
  async run(caller: Caller, part: LogPart): Promise<void> {
    const hour = Math.floor(this.clock.now().getTime() / HOUR_MILLISECONDS);
    const key = JSON.stringify([caller.tenantId, caller.actor]);
    if (this.counts.get(key)?.hour !== hour) {
      const past = this.takePast(hour);
      this.counts.set(key, this.begin(key, caller, hour));
      await this.writeDown(past);
    }
    const count = this.counts.get(key);
    if (count === undefined) return;
    count.taken[part] += 1;
    await count.noted;
  }

  /** Writes down what was counted so far. */
  beforeApplicationShutdown(): Promise<void> {
    return this.writeDown(this.takePast(Infinity));
  }

  private begin(key: string, caller: Caller, hour: number): Count {
    const noted = this.append(caller, {
      event: 'evidence.read',
      detail: { form: 'LOG', hour: nameOf(hour) },
    });
    // What was not noted begins again with the next file.
    noted.catch(() => this.counts.delete(key));
    return { caller, hour, noted, taken: { checkpoints: 0, tiles: 0, bundles: 0 } };
  }

  private takePast(hour: number): Count[] {
    const past = [...this.counts].filter(([, count]) => count.hour < hour);
    for (const [key] of past) this.counts.delete(key);
    return past.map(([, count]) => count);
  }

  private async writeDown(counts: readonly Count[]): Promise<void> {
    for (const { caller, hour, taken } of counts) {
      const detail = { form: 'LOG', hour: nameOf(hour), ...taken };
      const { tenantId, actor } = caller;
      await this.append({ tenantId, actor }, { event: 'evidence.counted', detail }).catch(() => undefined);
    }
  }

  private async append(caller: Caller, told: Pick<EvidenceEvent, 'event' | 'detail'>): Promise<void> {
    const event: EvidenceEvent = { ...told, at: this.clock.now(), ...by(caller) };
    await this.tenancy.forTenant(caller.tenantId, (tx) => this.audit.append(tx, event));
  }
}

const nameOf = (hour: number): string => new Date(hour * HOUR_MILLISECONDS).toISOString();
