import { Injectable } from '@nestjs/common';
import { EndHold, RemindTransfer } from '@personr/instruction';
import { Clock, type InstructionId, type WorkId } from '@personr/kernel';
import { type HoldId } from '@personr/subjects';
import { Tenancy } from '@personr/tenancy';
import { completeWork, holdLease, type Lease, postponeWork } from '@personr/work';

/** Why a reminder comes again. */
const TRANSFER_NOT_ACKNOWLEDGED = 'TRANSFER_NOT_ACKNOWLEDGED';

/** Does what is due because a time has come: ends holds, asks for acknowledgements. */
@Injectable()
export class RunTimers {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly endHold: EndHold,
    private readonly remindTransfer: RemindTransfer,
    private readonly clock: Clock,
  ) {}

  /** Ends holds whose time has come. Returns the work that ended: all of it. Throws `LEASE_LOST`. */
  async endHolds(leases: readonly Lease[]): Promise<ReadonlySet<WorkId>> {
    for (const lease of leases) {
      await this.endHold.expire(lease.tenantId, lease.referenceId as HoldId, (tx) =>
        completeWork(tx, lease, this.clock.now()),
      );
    }
    return new Set(leases.map(({ workId }) => workId));
  }

  /** Asks for acknowledgements that are overdue. Returns the work that ended: what has nothing more to ask for. Throws `LEASE_LOST`. */
  async remind(leases: readonly Lease[]): Promise<ReadonlySet<WorkId>> {
    const done = new Set<WorkId>();
    for (const lease of leases) if (await this.remindOf(lease)) done.add(lease.workId);
    return done;
  }

  private remindOf(lease: Lease): Promise<boolean> {
    return this.tenancy.forTenant(lease.tenantId, async (tx) => {
      const now = this.clock.now();
      await holdLease(tx, lease, now);
      const dueAt = await this.remindTransfer.run(tx, lease.referenceId as InstructionId, now);
      if (dueAt === null) await completeWork(tx, lease, now);
      else await postponeWork(tx, { ...lease, attempts: 0 }, { now, dueAt, code: TRANSFER_NOT_ACKNOWLEDGED });
      return dueAt === null;
    });
  }
}
