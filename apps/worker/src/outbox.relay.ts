import { InjectQueue } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { listDueWork } from '@personr/work';
import { type Queue } from 'bull';
import { QUEUE, type WorkJob } from './job.js';

const BATCH = 200;
const RING_AGAIN_SECONDS = 5;

/**
 * Rings Bull for work that is due, from the rows that say so. It is the reconciler too: what is due, not done
 * and not leased rings again until somebody takes it, so losing all of Redis loses nothing.
 */
@Injectable()
export class OutboxRelay {
  constructor(
    private readonly tenancy: Tenancy,
    @InjectQueue(QUEUE) private readonly queue: Queue<WorkJob>,
    private readonly clock: Clock,
  ) {}

  /** Rings for up to 200 due rows. Returns how many. */
  async run(): Promise<number> {
    const due = await this.tenancy.forRelay((tx) =>
      listDueWork(tx, { now: this.clock.now(), limit: BATCH, ringAgainSeconds: RING_AGAIN_SECONDS }),
    );
    if (due.length === 0) return 0;
    await this.queue.addBulk(
      due.map(({ tenantId, workId }) => ({
        data: { tenantId, workId },
        opts: { attempts: 1, removeOnComplete: true, removeOnFail: true },
      })),
    );
    return due.length;
  }
}
