import { Injectable } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { holdLease } from '@personr/work';
import { type Execution, type StepName } from './execution.js';
import { findStep, finishStep, startStep } from './step.repository.js';

/**
 * A step: `act` does what cannot roll back, outside any transaction, and may run twice; `record` writes what
 * follows from it in the transaction that ends the step.
 */
export type Step<Act, Outcome> = {
  readonly name: StepName;
  readonly act?: () => Promise<Act>;
  readonly record: (tx: TenantTx, act: Act, at: Date) => Promise<Outcome>;
};

/** Runs steps so that a crash anywhere leaves either a step to be run again or one that is done. */
@Injectable()
export class RunStep {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns what the step came to, now or in an earlier run. Commits "started" before acting and "done" with
   * what was recorded; both only while the lease is ours. Throws `LEASE_LOST`, and whatever the step throws.
   */
  async run<Act, Outcome extends object>(
    { lease, instruction }: Execution,
    step: Step<Act, Outcome>,
  ): Promise<Outcome> {
    const earlier = await this.tenancy.forTenant(lease.tenantId, async (tx) => {
      await holdLease(tx, lease, this.clock.now());
      await startStep(tx, instruction.id, { name: step.name, at: this.clock.now() });
      return findStep(tx, instruction.id, step.name);
    });
    if (earlier?.done === true) return earlier.outcome as Outcome;
    const act = (await step.act?.()) as Act;
    return this.tenancy.forTenant(lease.tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLease(tx, lease, at);
      const outcome = await step.record(tx, act, at);
      await finishStep(tx, instruction.id, { name: step.name, at, outcome: outcome });
      return outcome;
    });
  }
}
