import { Injectable } from '@nestjs/common';
import { type EndpointId, SendChallenge } from '@personr/delivery';
import { Clock, type WorkId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { completeWork, holdLease, type Lease } from '@personr/work';
import { beatOf, holdWhile } from './hold-while.js';

/** Sends challenges to endpoints, as work. */
@Injectable()
export class SendChallenges {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly sendChallenge: SendChallenge,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends those that wait, side by side, since each waits for a server of somebody else's. An endpoint that does not take it
   * ends its work too: whoever asked sees why. Throws what went wrong on our side, once all have ended.
   */
  async run(leases: readonly Lease[]): Promise<ReadonlySet<WorkId>> {
    const ends = await Promise.allSettled(leases.map((lease) => this.one(lease)));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return new Set(leases.map(({ workId }) => workId));
  }

  private one(lease: Lease): Promise<void> {
    const { tenancy, clock } = this;
    const beat = () => tenancy.forTenant(lease.tenantId, (tx) => holdLease(tx, lease, clock.now()));
    return holdWhile(beat, beatOf(lease.leaseSeconds), (signal) =>
      this.sendChallenge.run(lease.tenantId, lease.referenceId as EndpointId, {
        settle: (tx) => completeWork(tx, lease, clock.now()),
        signal,
      }),
    );
  }
}
