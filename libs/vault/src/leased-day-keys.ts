import { type TenantId } from '@personr/kernel';
import { type DayKeys, dayEndOf, dayStartOf, openDayKeys, wipe } from './day-keys.js';
import { type KeyStore } from './key-store.js';

const LEASE_MILLISECONDS = 30_000;
const MOST_LEASES = 1000;

type Lease = { readonly keys: DayKeys; readonly until: number; readonly timer: NodeJS.Timeout };

/**
 * Keys of the day, kept open for at most 30 seconds and never beyond the end of their UTC day, which is when the
 * older of them expires: so none outlives its destruction in this process. They open nothing; they only make MACs.
 * At most a thousand tenants' are kept, and each is overwritten when its lease ends.
 */
export class LeasedDayKeys {
  private readonly leases = new Map<string, Lease>();

  constructor(private readonly store: KeyStore) {}

  /** Runs `work` with the keys, at once when they are leased. `work` keeps nothing of them. */
  async use<T>(tenantId: TenantId, use: string, work: (keys: DayKeys) => T): Promise<T> {
    const at = this.store.clock.now();
    const name = nameOf(tenantId, use, at);
    const leased = this.leases.get(name);
    if (leased !== undefined && at.getTime() < leased.until) return work(leased.keys);
    const keys = await openDayKeys(this.store, tenantId, { use, at });
    this.keep(name, keys, at);
    return work(keys);
  }

  /** Ends the leases of a tenant, or all of them. */
  end(tenantId?: TenantId): void {
    for (const name of [...this.leases.keys()]) {
      if (tenantId === undefined || name.startsWith(tenantId)) this.drop(name);
    }
  }

  private keep(name: string, keys: DayKeys, at: Date): void {
    this.drop(name);
    const until = Math.min(at.getTime() + LEASE_MILLISECONDS, dayEndOf(at));
    const timer = setTimeout(() => {
      this.drop(name);
    }, until - at.getTime());
    timer.unref();
    this.leases.set(name, { keys, until, timer });
    const [oldest] = this.leases.keys();
    if (this.leases.size > MOST_LEASES && oldest !== undefined) this.drop(oldest);
  }

  private drop(name: string): void {
    const lease = this.leases.get(name);
    if (lease === undefined) return;
    clearTimeout(lease.timer);
    wipe(lease.keys);
    this.leases.delete(name);
  }
}

const nameOf = (tenantId: TenantId, use: string, at: Date): string =>
  `${tenantId} ${String(dayStartOf(at))} ${use}`;
