import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RunExecution } from '@personr/execution';
import { isDomainError } from '@personr/kernel';
import { TideGate } from '@personr/tide';
import { WORK_LANES } from '@personr/work';
import { type Job } from 'bull';
import { HANDS, type WorkJob } from './job.js';
import { Lanes } from './lanes.js';
import { LogPulse } from './log.pulse.js';
import { SharedRuns } from './shared-runs.js';

/** Takes from Bull, in every lane, and runs the work; nothing else. */
@Injectable()
export class WorkConsumer implements OnApplicationBootstrap {
  constructor(
    private readonly runExecution: RunExecution,
    private readonly logPulse: LogPulse,
    private readonly lanes: Lanes,
    private readonly gate: TideGate,
    private readonly shared: SharedRuns,
  ) {}

  /** Begins to take, in each lane as many bells at once as it has hands. */
  onApplicationBootstrap(): void {
    for (const lane of WORK_LANES) {
      void this.lanes.queues[lane].process(HANDS[lane], (job: Job<WorkJob>) =>
        this.shared.take(lane, job.data, () => this.take(job)),
      );
    }
  }

  /** Runs the work named by the job. Fails with a code alone: Bull keeps what it is told in Redis. */
  private async take({ data: { tenantId, workId } }: Job<WorkJob>): Promise<void> {
    // The relay rings again once the service is open.
    if (!this.gate.isOpen) return;
    try {
      if (await this.runExecution.run(tenantId, workId)) this.logPulse.wake();
    } catch (error) {
      throw new Error(isDomainError(error) ? error.code : 'INTERNAL');
    }
  }
}
