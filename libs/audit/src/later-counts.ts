import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { safeError, type TenantId } from '@personr/kernel';
import { type CountableEvent, countOf, keyOfCount } from './counted-event.js';
import { CountedLog } from './counted-log.js';

const FLUSH_MILLISECONDS = 1_000;

type Kept = { readonly tenantId: TenantId; readonly one: CountableEvent & { readonly times: number } };

/** Entries of their own name the request they came of; what is only counted names none. */
const requestOf = ({ counting, event }: CountableEvent): string =>
  counting.singly === 0 ? '' : (event.requestId ?? '');

/**
 * Counts what nobody may be made to wait for, and what must not ask a database each time: it is kept here for a second and
 * comes into the log's counts then. A process that is killed loses what it counted since: a second's worth at most, or
 * since the database went away.
 */
@Injectable()
export class LaterCounts implements BeforeApplicationShutdown {
  private readonly logger = new Logger('log');
  private kept = new Map<string, Kept>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly counted: CountedLog) {}

  /** Counts one. */
  note(tenantId: TenantId, one: CountableEvent): void {
    const key = [tenantId, keyOfCount(countOf(one)), requestOf(one)].join(' ');
    const times = (one.times ?? 1) + (this.kept.get(key)?.one.times ?? 0);
    this.kept.set(key, { tenantId, one: { ...one, times } });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MILLISECONDS).unref();
  }

  /** Brings everything into the log's counts now. What a database refuses is kept for the next time. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const kept = [...this.kept.values()];
    this.kept = new Map();
    await Promise.all(kept.map((one) => this.write(one)));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
    clearTimeout(this.timer);
  }

  private async write({ tenantId, one }: Kept): Promise<void> {
    try {
      await this.counted.note(tenantId, [one]);
    } catch (error) {
      this.logger.error(JSON.stringify({ error: safeError(error) }));
      this.note(tenantId, one);
    }
  }
}
