import { Inject, Injectable } from '@nestjs/common';
import { EndHold, findInstructions, isFinal } from '@personr/instruction';
import { Clock, type InstructionId, isDomainError, type TenantId, type WorkId } from '@personr/kernel';
import { type HoldId } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import {
  completeWork,
  completeWorks,
  findSort,
  type Lease,
  leaseAlong,
  leaseWork,
  postponeWork,
} from '@personr/work';
import { CloseInstructions } from './close-instructions.js';
import { Erasures } from './erasures.js';
import {
  Batch,
  type Execution,
  type SteppedExecution,
  type StepName,
  type StoredStep,
  type SubjectExecution,
  TURN_OVER,
} from './execution.js';
import { type ExportExecution } from './export-subject.js';
import { QUEUED_BEHIND_EXPORT } from './sequence-erasures.js';
import { EXECUTION_OPTIONS, type ExecutionOptions } from './execution.options.js';
import { findSteps } from './step.repository.js';

const LONGEST_WAIT_SECONDS = 60;

/** Leased work with what it is about: nobody, everything, or a subject each. */
type Loaded = {
  readonly bare: readonly Execution[];
  readonly leavings: readonly SteppedExecution[];
  readonly erasures: readonly SubjectExecution[];
  readonly exports: readonly ExportExecution[];
};

/** Carries instructions out. */
@Injectable()
export class RunExecution {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly erasures: Erasures,
    private readonly closeInstructions: CloseInstructions,
    private readonly endHold: EndHold,
    private readonly clock: Clock,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /**
   * Does the work to its end, or as far as it goes now, and along with it whatever else of the same sort is due for
   * the tenant, also when the work that was named is done, not due or held by another: that is left alone, so a bell that
   * rings twice does no harm. A failure gives work back to be tried again, later each time. Returns whether any work ended
   * in this run. Rethrows an unforeseen failure of the work that was named after giving it back.
   */
  async run(tenantId: TenantId, workId: WorkId): Promise<boolean> {
    const leases = await this.lease(tenantId, workId);
    if (leases.length === 0) return false;
    if (leases.length > 1) {
      const done = await this.attempt(leases).catch(() => null);
      if (done !== null) return done.size > 0;
    }
    // Whatever went wrong with some goes on with each alone: a batch of one is the same path.
    return this.eachAlone(leases, workId);
  }

  private async eachAlone(leases: readonly Lease[], workId: WorkId): Promise<boolean> {
    let hasEnded = false;
    for (const lease of leases.filter((each) => each.workId !== workId))
      hasEnded = (await this.alone(lease).catch(() => false)) || hasEnded;
    const named = leases.find((each) => each.workId === workId);
    return (named !== undefined && (await this.alone(named))) || hasEnded;
  }

  /** Carries one out, or gives it back. Throws what was not foreseen, after giving it back. */
  private async alone(lease: Lease): Promise<boolean> {
    try {
      return (await this.attempt([lease])).has(lease.workId);
    } catch (error) {
      if (isDomainError(error, 'LEASE_LOST')) return false;
      await this.giveBack(lease, isDomainError(error) ? error.code : 'INTERNAL');
      if (isDomainError(error)) return false;
      throw error;
    }
  }

  private lease(tenantId: TenantId, workId: WorkId): Promise<Lease[]> {
    const { leaseSeconds, batchSize } = this.options;
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const now = this.clock.now();
      const named = await leaseWork(tx, { workId, now, leaseSeconds });
      const sort = named ?? (await findSort(tx, workId));
      if (sort === null) return [];
      const along = await leaseAlong(tx, { ...sort, leaseSeconds }, { now, limit: batchSize - 1 });
      return named === null ? along : [named, ...along];
    });
  }

  /** Carries the work out in one batch, or several where a subject is named twice. Returns the work that ended. */
  private async attempt(leases: readonly Lease[]): Promise<ReadonlySet<WorkId>> {
    const [{ tenantId, kind }] = leases as readonly [Lease, ...Lease[]];
    if (kind === 'END_HOLD') return this.endHolds(leases);
    if (kind === 'CHALLENGE_ENDPOINT') return this.erasures.challenges.run(leases);
    const { bare, leavings, erasures, exports } = await this.load(tenantId, leases);
    await this.closeInstructions.nothingHeld(tenantId, bare);
    const done = new Set(bare.map(({ lease }) => lease.workId));
    for (const leaving of leavings) {
      const batch = new Batch(tenantId, [leaving]);
      await this.erasures.ofTenant.run(batch);
      await this.settle(batch, [leaving], done);
    }
    const { going, waiting } = await this.erasures.sequence.run(tenantId, erasures);
    for (const { lease } of waiting) await this.giveBack(lease, QUEUED_BEHIND_EXPORT);
    for (const members of roundsOf(going)) {
      const batch = new Batch(tenantId, members);
      await this.erasures.ofSubjects.run(batch);
      await this.settle(batch, members, done);
    }
    for (const one of exports) await this.export(tenantId, one, { isAlone: leases.length === 1, done });
    return done;
  }

  /** An export that fails is given back by itself, unless it is alone: then whoever asked for it does. */
  private async export(
    tenantId: TenantId,
    execution: ExportExecution,
    { isAlone, done }: { isAlone: boolean; done: Set<WorkId> },
  ): Promise<void> {
    try {
      await this.erasures.exports.run(tenantId, execution);
      done.add(execution.lease.workId);
    } catch (error) {
      if (isAlone) throw error;
      await this.giveBack(execution.lease, isDomainError(error) ? error.code : 'INTERNAL');
    }
  }

  /** Whoever is left in the batch has ended; whoever was set aside is given back. */
  private async settle(
    batch: Batch<SteppedExecution>,
    members: readonly SteppedExecution[],
    done: Set<WorkId>,
  ): Promise<void> {
    for (const { lease } of batch.members) done.add(lease.workId);
    for (const { lease, instruction } of members) {
      const code = batch.setAside.get(instruction.id);
      if (typeof code === 'string') await this.giveBack(lease, code);
    }
  }

  private async endHolds(leases: readonly Lease[]): Promise<ReadonlySet<WorkId>> {
    for (const lease of leases) {
      await this.endHold.expire(lease.tenantId, lease.referenceId as HoldId, (tx) =>
        completeWork(tx, lease, this.clock.now()),
      );
    }
    return new Set(leases.map(({ workId }) => workId));
  }

  /** What the leases are about. Work whose instruction has ended already ends too. */
  private load(tenantId: TenantId, leases: readonly Lease[]): Promise<Loaded> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const byId = new Map(leases.map((lease) => [lease.referenceId as InstructionId, lease]));
      const instructions = await findInstructions(tx, [...byId.keys()]);
      const executions = instructions.flatMap((instruction): Execution[] => {
        const lease = byId.get(instruction.id);
        return lease === undefined || isFinal(instruction.state) ? [] : [{ lease, instruction }];
      });
      const open = new Set(executions.map(({ lease }) => lease));
      const over = leases.filter((lease) => !open.has(lease));
      if (over.length > 0) await completeWorks(tx, over, this.clock.now());
      return this.withSteps(tx, executions);
    });
  }

  private async withSteps(tx: TenantTx, executions: readonly Execution[]): Promise<Loaded> {
    const steps = await findSteps(
      tx,
      executions.map(({ instruction }) => instruction.id),
    );
    const stepped = executions.map((execution): SteppedExecution => ({
      ...execution,
      steps: steps.get(execution.instruction.id) ?? new Map<StepName, StoredStep>(),
    }));
    const isBare = ({ instruction: { subjectId, wholeTenant } }: Execution): boolean =>
      subjectId === null && wholeTenant !== true;
    return {
      bare: executions.filter(isBare),
      leavings: stepped.filter(({ instruction }) => instruction.wholeTenant === true),
      erasures: ofSubjects(stepped).filter(({ instruction }) => instruction.type !== 'EXPORT'),
      exports: ofSubjects(stepped).filter(({ instruction }) => instruction.type === 'EXPORT'),
    };
  }

  private async giveBack(lease: Lease, code: string): Promise<void> {
    const now = this.clock.now();
    // Whose turn is over has not failed, and goes on as soon as others had theirs.
    const isTurnOver = code === TURN_OVER;
    const waitSeconds = isTurnOver ? 0 : Math.min(2 ** lease.attempts / 8, LONGEST_WAIT_SECONDS);
    const dueAt = new Date(now.getTime() + waitSeconds * 1000);
    await this.tenancy
      .forTenant(lease.tenantId, (tx) =>
        postponeWork(tx, isTurnOver ? { ...lease, attempts: 0 } : lease, { now, dueAt, code }),
      )
      .catch((error: unknown) => {
        if (!isDomainError(error, 'LEASE_LOST')) throw error;
      });
  }
}

const ofSubjects = (stepped: readonly SteppedExecution[]): SubjectExecution[] =>
  stepped.flatMap((execution) => {
    const { subjectId } = execution.instruction;
    return subjectId === null ? [] : [{ ...execution, subjectId }];
  });

/** The executions in as few rounds as each subject comes once in, the oldest instruction first. */
function roundsOf(executions: readonly SubjectExecution[]): SubjectExecution[][] {
  const rounds: SubjectExecution[][] = [];
  const seen = new Map<string, number>();
  for (const execution of executions) {
    const round = seen.get(execution.subjectId) ?? 0;
    seen.set(execution.subjectId, round + 1);
    (rounds[round] ??= []).push(execution);
  }
  return rounds;
}
