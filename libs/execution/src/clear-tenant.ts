import { Inject, Injectable } from '@nestjs/common';
import { Clock, type SubjectId } from '@personr/kernel';
import { ownerOfParts } from '@personr/packages';
import { type Counts, isWhole, type Scope, Stores } from '@personr/stores';
import { countSubjects, lockSubjects, removeSubjects, subjectsAfter } from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { holdLeases } from '@personr/work';
import { type Batch, outcomeOf, type SteppedExecution, type StoresOutcome, TURN_OVER } from './execution.js';
import { EXECUTION_OPTIONS, type ExecutionOptions } from './execution.options.js';
import { sharesOf } from './kept-scopes.js';
import { RunSteps } from './run-steps.js';
import { progressStep } from './step.repository.js';
import { Turn } from './turn.js';

const SUBJECTS_AT_ONCE = 200;
const KEY_ROWS_AT_ONCE = 2_000;
const TURN_MILLISECONDS = 2_000;
/** The subjects' own rows, in receipts. */
const SUBJECTS = 'subjects';

/** Step 6 of the erasure of everything: physical deletion, set by set. */
@Injectable()
export class ClearTenant {
  constructor(
    private readonly steps: RunSteps,
    private readonly tenancy: Tenancy,
    private readonly stores: Stores,
    private readonly vault: Vault,
    private readonly clock: Clock,
    @Inject(EXECUTION_OPTIONS) private readonly options: ExecutionOptions,
  ) {}

  /**
   * Removes subject by subject, a page in one transaction, what rests outside the database before its rows, and says in
   * the same transaction how far it is; then the rows of the tree that was left. When its turn is over, the member leaves
   * the batch with `TURN_OVER`, to go on later from where it is: nothing is removed twice or counted twice.
   */
  run(batch: Batch<SteppedExecution>): Promise<void> {
    return this.steps.run(batch, {
      name: 'ERASE_STORES',
      act: async (members) => {
        for (const member of members)
          if (!(await this.clear(batch, member))) batch.leave([member], TURN_OVER);
      },
      record: (_, { members }) =>
        Promise.resolve(
          new Map(
            members.map((member) => {
              const outcome = soFar(member);
              return [member.instruction.id, { outcome, done: erasedIn(outcome) }];
            }),
          ),
        ),
    });
  }

  /** False when the turn was over before the end. */
  private async clear(batch: Batch<SteppedExecution>, member: SteppedExecution): Promise<boolean> {
    const { turnMilliseconds = TURN_MILLISECONDS } = this.options;
    const turn = new Turn(turnMilliseconds);
    await this.count(batch, member);
    if (!(await this.subjects(batch, member, turn))) return false;
    for (;;) {
      const gone = await turn.piece(() => this.vault.clearLeft(batch.tenantId, KEY_ROWS_AT_ONCE));
      await this.tenancy.forTenant(batch.tenantId, (tx) => holdLeases(tx, [member.lease], this.clock.now()));
      if (gone === 0) return true;
      if (turn.isOver) return false;
    }
  }

  private async subjects(
    batch: Batch<SteppedExecution>,
    member: SteppedExecution,
    turn: Turn,
  ): Promise<boolean> {
    let after: SubjectId | null = null;
    do {
      const from: SubjectId | null = after;
      after = await turn.piece(() => this.page(batch, member, from));
      if (after !== null && turn.isOver) return false;
    } while (after !== null);
    return true;
  }

  /** Counts what there is, once for all that keys were destroyed for at one instant. */
  private async count(batch: Batch<SteppedExecution>, member: SteppedExecution): Promise<void> {
    const { sealedAt } = outcomeOf(member, 'SHRED_KEYS');
    if (soFar(member).counted?.sealedAt === sealedAt) return;
    await this.tenancy.forTenant(batch.tenantId, async (tx) => {
      await holdLeases(tx, [member.lease], this.clock.now());
      let total = erasedIn(soFar(member)) + (await countSubjects(tx));
      for (const store of this.stores.all()) total += await store.countAll(tx);
      await note(tx, member, { ...soFar(member), counted: { sealedAt, total } });
    });
  }

  /** Removes the subjects after one; returns the last of them, or null when there are no more. */
  private async page(
    batch: Batch<SteppedExecution>,
    member: SteppedExecution,
    after: SubjectId | null,
  ): Promise<SubjectId | null> {
    const { id } = member.instruction;
    const limit = this.options.subjectsAtOnce ?? SUBJECTS_AT_ONCE;
    const { subjects, scopes, outside } = await this.tenancy.forTenant(batch.tenantId, async (tx) => {
      const page = await subjectsAfter(tx, { after, limit });
      const erased = (await sharesOf(tx, page, id)).map((share) => share.erased);
      // What was returned lies in parts under a name of its own, and goes with the first page.
      const parts = after === null ? [{ subjectId: ownerOfParts(id) }] : [];
      const all = [...parts, ...erased];
      return { subjects: page, scopes: all, outside: await this.outside(tx, all) };
    });
    if (scopes.length === 0) return null;
    for (const part of outside) await part.remove();
    await this.tenancy.forTenant(batch.tenantId, async (tx) => {
      await holdLeases(tx, [member.lease], this.clock.now());
      await lockSubjects(tx, subjects);
      await note(tx, member, await this.eraseRows(tx, member, scopes));
    });
    return subjects.at(-1) ?? null;
  }

  private async outside(tx: TenantTx, scopes: readonly Scope[]) {
    const parts = [];
    for (const store of this.stores.all()) {
      const part = await store.outside?.(tx, scopes);
      if (part !== undefined) parts.push(part);
    }
    return parts;
  }

  private async eraseRows(
    tx: TenantTx,
    member: SteppedExecution,
    scopes: readonly Scope[],
  ): Promise<StoresOutcome> {
    const erased = new Map<string, number>();
    for (const store of this.stores.all()) erased.set(store.name, sumOf(await store.eraseRows(tx, scopes)));
    const own = ownerOfParts(member.instruction.id);
    const whole = scopes.filter(isWhole).flatMap(({ subjectId }) => (subjectId === own ? [] : [subjectId]));
    await removeSubjects(tx, whole);
    erased.set(SUBJECTS, whole.length);
    const before = soFar(member);
    const names = [...this.stores.all().map(({ name }) => name), SUBJECTS];
    return {
      ...before,
      stores: names.map((store) => ({
        store,
        erased: (before.stores.find((line) => line.store === store)?.erased ?? 0) + (erased.get(store) ?? 0),
      })),
    };
  }
}

/** What went so far, in all runs. */
const soFar = ({ steps }: SteppedExecution): StoresOutcome =>
  (steps.get('ERASE_STORES')?.outcome as StoresOutcome | null | undefined) ?? { stores: [] };

const erasedIn = ({ stores }: StoresOutcome): number => stores.reduce((sum, { erased }) => sum + erased, 0);

const sumOf = (counts: Counts): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Commits with the caller's transaction; known to this run at once, which ends if that fails. */
async function note(tx: TenantTx, member: SteppedExecution, outcome: StoresOutcome): Promise<void> {
  const done = erasedIn(outcome);
  const total = Math.max(done, outcome.counted?.total ?? 0);
  await progressStep(tx, 'ERASE_STORES', { id: member.instruction.id, outcome, done, total });
  member.steps.set('ERASE_STORES', { done: false, outcome });
}
