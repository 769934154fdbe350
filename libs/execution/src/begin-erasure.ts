import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { LATER_DATA_KEPT, moveInstructions, type Moving, raiseFlag } from '@personr/instruction';
import { type InstructionId, type SubjectId } from '@personr/kernel';
import { isWhole } from '@personr/stores';
import { activeHolds, type Hold, lockSubjects, markSubjects, restrictHeld } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { completeWorks } from '@personr/work';
import {
  type Batch,
  type HeldBack,
  isNew,
  returnedBy,
  scopeOf,
  scopeWithout,
  type SubjectExecution,
} from './execution.js';
import { entryOf, SYSTEM } from './execution.events.js';
import { KeysInScope } from './keys-in-scope.js';
import { hasCome } from './later-data.js';
import { type Ending, RunSteps } from './run-steps.js';

/** Step 1 of an erasure. Nothing is destroyed before both its parts are committed. */
@Injectable()
export class BeginErasure {
  constructor(
    private readonly steps: RunSteps,
    private readonly keys: KeysInScope,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Marks the subjects, after every open writer has ended: from the commit on nothing is written about them. Those of
   * whom everything is held are not marked; their instructions wait, `ON_HOLD`, and leave the batch. Of a RETURN it
   * says whether something came in after what was returned, which stays.
   */
  mark(batch: Batch): Promise<void> {
    const stopped: SubjectExecution[] = [];
    return this.steps
      .run(batch, {
        name: 'MARK_ERASING',
        record: async (tx, { members, at }) => {
          const since = await lockSubjects(tx, subjectsOf(members));
          const holds = await activeHolds(tx, subjectsOf(members));
          const going = members.filter((member) => !isHeldWhole(member, holds));
          stopped.push(...members.filter((member) => isHeldWhole(member, holds)));
          const later = await this.laterThan(tx, going);
          await this.waitForHolds(tx, stopped, at);
          await this.start(tx, { going, later, at });
          return new Map(
            going.map(({ instruction, subjectId }) => [
              instruction.id,
              {
                outcome: {
                  found: since.has(subjectId),
                  heldSince: since.get(subjectId)?.toISOString() ?? null,
                  heldBack: toHeldBack(holds.get(subjectId)),
                  ...(instruction.type === 'RETURN' ? { hasLater: later.has(instruction.id) } : {}),
                },
              },
            ]),
          );
        },
      })
      .then(() => {
        batch.leave(stopped, null);
      });
  }

  /**
   * Puts what is to be shredded into the key store's ledger. The commit that ends this step begins the next one, so a
   * hold that is placed before it holds back, and one that comes later is told that it is late.
   */
  intend(batch: Batch): Promise<void> {
    return this.steps.run(batch, {
      name: 'INTEND',
      act: async (members) => {
        const keys = await this.keys.of(batch.tenantId, members);
        await this.vault.intend(
          batch.tenantId,
          members.map((member) => ({
            instructionId: member.instruction.id,
            subjectId: member.subjectId,
            elements: scopeOf(member).elements ?? [],
            keyIds: keys.get(member.subjectId) ?? [],
          })),
        );
        return keys;
      },
      record: async (tx, { members, act: keys }) => {
        await lockSubjects(tx, subjectsOf(members));
        const holds = await activeHolds(tx, subjectsOf(members));
        await restrictHeld(tx, members.map(orderedOf));
        return new Map(
          members.map(({ instruction, subjectId }) => {
            const count = keys.get(subjectId)?.length ?? 0;
            const heldBack = toHeldBack(holds.get(subjectId));
            return [instruction.id, { outcome: { keys: count, heldBack } }] as const;
          }),
        );
      },
    });
  }

  /** Those RETURNs after whose snapshot something came in. The subjects' rows are locked. */
  private async laterThan(
    tx: TenantTx,
    going: readonly SubjectExecution[],
  ): Promise<ReadonlySet<InstructionId>> {
    const later = new Set<InstructionId>();
    for (const member of going) {
      const returned = returnedBy(member);
      if (returned !== null && (await hasCome(tx, member, returned.snapshot)))
        later.add(member.instruction.id);
    }
    await raiseFlag(tx, [...later], LATER_DATA_KEPT);
    return later;
  }

  private async start(
    tx: TenantTx,
    { going, later, at }: { going: Ending<unknown>['members']; later: ReadonlySet<InstructionId>; at: Date },
  ): Promise<void> {
    const marks = going.map((member) => ({
      id: member.subjectId,
      by: member.instruction.id,
      isWhole: isWhole(scopeWithout(member, [])) && !later.has(member.instruction.id),
    }));
    if (marks.length > 0) await markSubjects(tx, marks);
    const fresh = going.filter(({ instruction }) => instruction.state === 'APPROVED');
    await moveInstructions(tx, fresh.map(movingTo('erasure.started', 'ERASING')), at);
    await this.audit.appendAll(
      tx,
      going
        .filter(isNew)
        .map((member) => entryOf(member, { event: 'erasure.started', at, actor: SYSTEM, to: 'ERASING' })),
    );
  }

  private async waitForHolds(tx: TenantTx, stopped: readonly SubjectExecution[], at: Date): Promise<void> {
    if (stopped.length === 0) return;
    await restrictHeld(tx, stopped.map(orderedOf));
    const approved = stopped.filter(({ instruction }) => instruction.state === 'APPROVED');
    await moveInstructions(tx, approved.map(movingTo('hold.placed', 'ON_HOLD')), at);
    await completeWorks(
      tx,
      stopped.map(({ lease }) => lease),
      at,
    );
    await this.audit.appendAll(
      tx,
      approved.map((member) => entryOf(member, { event: 'erasure.held', at, actor: SYSTEM, to: 'ON_HOLD' })),
    );
  }
}

const subjectsOf = (members: readonly SubjectExecution[]): SubjectId[] =>
  members.map(({ subjectId }) => subjectId);

/** What was ordered, whatever is held back of it. */
const orderedOf = (member: SubjectExecution) => scopeWithout(member, []);

const movingTo =
  (event: string, to: 'ERASING' | 'ON_HOLD') =>
  ({ instruction: { id } }: SubjectExecution): Moving => ({ id, moves: [{ event, to }] });

const toHeldBack = (holds: readonly Hold[] = []): HeldBack[] =>
  holds.map(({ id, ground, elements, endsAt }) => ({
    holdId: id,
    ground,
    elements,
    endsAt: endsAt?.toISOString() ?? null,
  }));

/** Whether nothing is left to erase: everything is held, or every element that the instruction names. */
function isHeldWhole(member: SubjectExecution, all: ReadonlyMap<SubjectId, readonly Hold[]>): boolean {
  const { elements, except = [] } = scopeWithout(member, toHeldBack(all.get(member.subjectId)));
  return elements?.every((element) => except.includes(element)) === true;
}
