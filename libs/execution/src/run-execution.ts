import { Inject, Injectable } from '@nestjs/common';
import { Clock, isDomainError, type TenantId, type WorkId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { findSort, type Lease, leaseAlong, leaseWork, postponeWork, type WorkKind } from '@personr/work';
import { CloseInstructions } from './close-instructions.js';
import { Erasures } from './erasures.js';
import {
  Batch,
  type Execution,
  type SteppedExecution,
  type SubjectExecution,
  TURN_OVER,
} from './execution.js';
import { ExportPlaces, NO_PLACE } from './export-places.js';
import { isReturning, loadExecutions } from './load-executions.js';
import { RunTimers } from './run-timers.js';
import { QUEUED_BEHIND_EXPORT } from './sequence-erasures.js';
import { EXECUTION_OPTIONS, type ExecutionOptions } from './execution.options.js';

const LONGEST_WAIT_SECONDS = 60;
/** How long an export waits for a place before it asks again. */
const PLACE_SECONDS = 1;

/** Carries instructions out. */
@Injectable()
export class RunExecution {
  private readonly places: ExportPlaces;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly erasures: Erasures,
    private readonly closeInstructions: CloseInstructions,
    private readonly timers: RunTimers,
    private readonly clock: Clock,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {
    this.places = new ExportPlaces(options.exportsAtOnce);
  }

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
    if (kind !== 'EXECUTE_INSTRUCTION') return this.attemptOther(kind, leases);
    const { bare, leavings, ofSubjects, exports } = await this.tenancy.forTenant(tenantId, (tx) =>
      loadExecutions(tx, leases, this.clock.now()),
    );
    await this.closeInstructions.nothingHeld(tenantId, bare);
    const done = new Set(bare.map(({ lease }) => lease.workId));
    const turn = { isAlone: leases.length === 1, done };
    for (const leaving of leavings.filter(isReturning)) await this.returnAll(leaving, turn);
    for (const leaving of leavings.filter((one) => !isReturning(one))) {
      const batch = new Batch(tenantId, [leaving]);
      await this.erasures.ofTenant.run(batch);
      await this.settle(batch, [leaving], done);
    }
    const { going, waiting } = await this.erasures.sequence.run(tenantId, ofSubjects);
    for (const { lease } of waiting) await this.giveBack(lease, QUEUED_BEHIND_EXPORT);
    for (const members of roundsOf(going.filter((one) => !isReturning(one)))) {
      const batch = new Batch(tenantId, members);
      await this.erasures.ofSubjects.run(batch);
      await this.settle(batch, members, done);
    }
    const { exports: ofExports, returns } = this.erasures;
    for (const one of exports) await this.apart(one, turn, () => ofExports.run(tenantId, one));
    for (const one of going.filter(isReturning))
      await this.apart(one, turn, () => returns.ofSubjects.run(tenantId, one));
    return done;
  }

  private attemptOther(
    kind: Exclude<WorkKind, 'EXECUTE_INSTRUCTION'>,
    leases: readonly Lease[],
  ): Promise<ReadonlySet<WorkId>> {
    if (kind === 'END_HOLD') return this.timers.endHolds(leases);
    return kind === 'REMIND_TRANSFER' ? this.timers.remind(leases) : this.erasures.challenges.run(leases);
  }

  /** One that returns everything of its tenant is given back when its turn is over, or while it waits. */
  private async returnAll(
    leaving: SteppedExecution,
    { isAlone, done }: { isAlone: boolean; done: Set<WorkId> },
  ): Promise<void> {
    const { lease } = leaving;
    try {
      const why = await this.erasures.returns.ofTenant.run(lease.tenantId, leaving);
      if (why === null) done.add(lease.workId);
      else await this.giveBack(lease, why);
    } catch (error) {
      if (isAlone) throw error;
      await this.giveBack(lease, isDomainError(error) ? error.code : 'INTERNAL');
    }
  }

  /** What builds a package and fails is given back by itself, unless it is alone: then whoever asked for it does. */
  private async apart(
    { lease }: Execution,
    { isAlone, done }: { isAlone: boolean; done: Set<WorkId> },
    run: () => Promise<void>,
  ): Promise<void> {
    try {
      if (await this.places.within(lease.lane, run)) done.add(lease.workId);
      else await this.giveBack(lease, NO_PLACE);
    } catch (error) {
      if (isAlone) throw error;
      await this.giveBack(lease, isDomainError(error) ? error.code : 'INTERNAL');
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

  private async giveBack(lease: Lease, code: string): Promise<void> {
    const now = this.clock.now();
    const { waitSeconds, attempts } = restOf(lease, code);
    const dueAt = new Date(now.getTime() + waitSeconds * 1000);
    await this.tenancy
      .forTenant(lease.tenantId, (tx) => postponeWork(tx, { ...lease, attempts }, { now, dueAt, code }))
      .catch((error: unknown) => {
        if (!isDomainError(error, 'LEASE_LOST')) throw error;
      });
  }
}

/** Whose turn is over, or who found no place, has not failed: the one goes on as soon as others had their turn. */
function restOf({ attempts }: Lease, code: string): { waitSeconds: number; attempts: number } {
  if (code === TURN_OVER) return { waitSeconds: 0, attempts: 0 };
  if (code === NO_PLACE) return { waitSeconds: PLACE_SECONDS, attempts: attempts - 1 };
  return { waitSeconds: Math.min(2 ** attempts / 8, LONGEST_WAIT_SECONDS), attempts };
}

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
