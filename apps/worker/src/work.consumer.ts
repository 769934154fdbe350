import { Process, Processor } from '@nestjs/bull';
import { RunExecution } from '@personr/execution';
import { isDomainError } from '@personr/kernel';
import { type Job } from 'bull';
import { QUEUE, type WorkJob } from './job.js';
import { LogPulse } from './log.pulse.js';

/** Takes from Bull and runs the work; nothing else. */
@Processor(QUEUE)
export class WorkConsumer {
  constructor(
    private readonly runExecution: RunExecution,
    private readonly logPulse: LogPulse,
  ) {}

  /** Runs the work named by the job. Fails with a code alone: Bull keeps what it is told in Redis. */
  @Process({ concurrency: 4 })
  async take({ data: { tenantId, workId } }: Job<WorkJob>): Promise<void> {
    try {
      if (await this.runExecution.run(tenantId, workId)) this.logPulse.wake();
    } catch (error) {
      throw new Error(isDomainError(error) ? error.code : 'INTERNAL');
    }
  }
}
