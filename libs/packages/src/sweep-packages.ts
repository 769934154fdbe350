import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type Ended, expirePackage, listEnded, removeAttempt, takeEnded } from './package.repository.js';
import { type PackageEvent } from './packages.events.js';
import { SealedPackages } from './sealed-packages.js';

const AT_ONCE = 50;

/** Clears away packages whose time is up, and what attempts left that nobody finished. */
@Injectable()
export class SweepPackages {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly packages: SealedPackages,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Clears away up to fifty and returns how many. Safe to call again. Throws `SERVICE_UNAVAILABLE`. */
  async run(): Promise<number> {
    const now = this.clock.now();
    const ended = await this.tenancy.forRelay((tx) => listEnded(tx, { now, limit: AT_ONCE }));
    let cleared = 0;
    for (const one of ended) if (await this.clear(one, now)) cleared += 1;
    return cleared;
  }

  /** The bytes go first, then their key, then what knows of both. */
  private clear({ tenantId, id }: Ended, now: Date): Promise<boolean> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const ended = await takeEnded(tx, { id, now });
      if (ended === null) return false;
      await this.packages.remove(tenantId, ended);
      if (ended.state === 'BUILDING') await removeAttempt(tx, id);
      else {
        await expirePackage(tx, id);
        const event: PackageEvent = {
          event: 'package.expired',
          at: this.clock.now(),
          actor: { kind: 'SYSTEM' },
          instructionId: ended.instructionId,
        };
        await this.audit.append(tx, event);
      }
      return true;
    });
  }
}
