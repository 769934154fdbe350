import { InjectQueue } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import { type WorkLane } from '@personr/work';
import { type Queue } from 'bull';
import { queueOf, type WorkJob } from './job.js';

/** The queue of each lane. */
@Injectable()
export class Lanes {
  readonly queues: Readonly<Record<WorkLane, Queue<WorkJob>>>;

  constructor(
    @InjectQueue(queueOf('URGENT')) urgent: Queue<WorkJob>,
    @InjectQueue(queueOf('INTERACTIVE')) interactive: Queue<WorkJob>,
    @InjectQueue(queueOf('BULK')) bulk: Queue<WorkJob>,
  ) {
    this.queues = { URGENT: urgent, INTERACTIVE: interactive, BULK: bulk };
  }

  /** Rings in the lane. Bull forgets a bell that was answered, however it was. */
  async ring(lane: WorkLane, jobs: readonly WorkJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const opts = { attempts: 1, removeOnComplete: true, removeOnFail: true };
    await this.queues[lane].addBulk(jobs.map((data) => ({ data, opts })));
  }
}
