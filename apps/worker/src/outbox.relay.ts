import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { listDueWork, WORK_LANES, type WorkLane } from '@personr/work';
import { Lanes } from './lanes.js';
import { SharedRuns } from './shared-runs.js';

/** Bells of a lane that wait in Redis at most: each may take a hundred pieces of work along, so more would ring for nothing. */
const MOST_WAITING = 64;
const RING_AGAIN_SECONDS = 5;

/**
 * Rings Bull for work that is due, from the rows that say so. It is the reconciler too: what is due, not done
 * and not leased rings again until somebody takes it, so losing all of Redis loses nothing. A lane whose bells wait
 * holds up no other.
 */
@Injectable()
export class OutboxRelay {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly lanes: Lanes,
    private readonly clock: Clock,
    private readonly runs: SharedRuns,
  ) {}

  /** Rings for due rows of every lane, one of each tenant, until 64 bells wait there. Returns how many rang. */
  async run(): Promise<number> {
    const room = await this.room();
    if (Object.values(room).every((free) => free === 0)) return 0;
    const due = await this.tenancy.forRelay((tx) =>
      listDueWork(tx, {
        now: this.clock.now(),
        room,
        ringAgainSeconds: RING_AGAIN_SECONDS,
        hushed: this.runs.hushed(),
      }),
    );
    for (const work of due) this.runs.rang(work);
    for (const lane of WORK_LANES) {
      const own = due.filter((work) => work.lane === lane);
      await this.lanes.ring(
        lane,
        own.map(({ tenantId, workId }) => ({ tenantId, workId })),
      );
    }
    return due.length;
  }

  private async room(): Promise<Record<WorkLane, number>> {
    const { URGENT, INTERACTIVE, BULK } = this.lanes.queues;
    const waiting = await Promise.all([URGENT, INTERACTIVE, BULK].map((queue) => queue.getWaitingCount()));
    const [urgent = 0, interactive = 0, bulk = 0] = waiting.map((count) => Math.max(0, MOST_WAITING - count));
    return { URGENT: urgent, INTERACTIVE: interactive, BULK: bulk };
  }
}
