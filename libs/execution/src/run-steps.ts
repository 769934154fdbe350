import { Injectable } from '@nestjs/common';
import { Clock, type InstructionId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { holdLeases } from '@personr/work';
import {
  type Batch,
  ERASURE_STEPS,
  type Outcomes,
  type SteppedExecution,
  type StepName,
  type SubjectExecution,
} from './execution.js';
import { type Amount, type EndedStep, finishSteps, startSteps } from './step.repository.js';

/** What a step came to for one member, and how much there was to do: one thing, unless it says otherwise. */
export type Ended<Name extends StepName> = { readonly outcome: Outcomes[Name] } & Partial<Amount>;

/** The members that a step is for, in the transaction that ends it. */
export type Ending<Act, Member = SubjectExecution> = {
  readonly members: readonly Member[];
  readonly act: Act;
  readonly at: Date;
};

/**
 * A step of a batch: `act` does what cannot roll back, outside any transaction, and may run twice; `record` writes
 * what follows from it in the transaction that ends the step. It answers for those members for whom it has ended.
 */
export type Step<Name extends StepName, Act, Member = SubjectExecution> = {
  readonly name: Name;
  readonly act?: (members: readonly Member[]) => Promise<Act>;
  readonly record: (
    tx: TenantTx,
    ending: Ending<Act, Member>,
  ) => Promise<ReadonlyMap<InstructionId, Ended<Name>>>;
};

/** Runs steps so that a crash anywhere leaves either a step to be run again or one that is done. */
@Injectable()
export class RunSteps {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs the step for those members of the batch for whom it has not ended. "Started" is committed before it acts:
   * by the transaction that ended the step before, or by one of its own. "Done" is committed with what was recorded.
   * Both only while every lease is ours: throws `LEASE_LOST`, and whatever the step throws.
   */
  async run<Name extends StepName, Act = undefined, Member extends SteppedExecution = SubjectExecution>(
    batch: Batch<Member>,
    step: Step<Name, Act, Member>,
  ): Promise<void> {
    const open = () => batch.members.filter(({ steps }) => steps.get(step.name)?.done !== true);
    if (open().length === 0) return;
    if (step.act !== undefined) await this.start(batch, step.name, open());
    const act = (await step.act?.(open())) as Act;
    const members = open();
    if (members.length > 0) await this.finish(batch, step, { members, act });
  }

  private async start<Member extends SteppedExecution>(
    batch: Batch<Member>,
    name: StepName,
    members: readonly Member[],
  ): Promise<void> {
    const fresh = members.filter(({ steps }) => !steps.has(name));
    if (fresh.length === 0) return;
    await this.tenancy.forTenant(batch.tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLeases(tx, leasesOf(fresh), at);
      await startSteps(tx, name, { ids: idsOf(fresh), at });
    });
    noteStarted(fresh, name);
  }

  private async finish<Name extends StepName, Act, Member extends SteppedExecution>(
    batch: Batch<Member>,
    { name, record }: Step<Name, Act, Member>,
    { members, act }: Omit<Ending<Act, Member>, 'at'>,
  ): Promise<void> {
    const next = ERASURE_STEPS[ERASURE_STEPS.indexOf(name) + 1];
    const ended = await this.tenancy.forTenant(batch.tenantId, async (tx) => {
      const at = this.clock.now();
      await holdLeases(tx, leasesOf(members), at);
      const outcomes = await record(tx, { members, act, at });
      await finishSteps(tx, name, { ended: toRows(outcomes), next, at });
      return outcomes;
    });
    for (const { instruction, steps } of members) {
      const end = ended.get(instruction.id);
      if (end === undefined) continue;
      steps.set(name, { done: true, outcome: end.outcome });
      if (next !== undefined && !steps.has(next)) steps.set(next, { done: false, outcome: null });
    }
  }
}

const leasesOf = (members: readonly SteppedExecution[]) => members.map(({ lease }) => lease);

const idsOf = (members: readonly SteppedExecution[]) => members.map(({ instruction }) => instruction.id);

function noteStarted(members: readonly SteppedExecution[], name: StepName): void {
  for (const { steps } of members) steps.set(name, { done: false, outcome: null });
}

const toRows = (outcomes: ReadonlyMap<InstructionId, Ended<StepName>>): EndedStep[] =>
  [...outcomes].map(([id, { outcome, done = 1, total = done }]) => ({ id, outcome, done, total }));
