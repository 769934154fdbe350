import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, type InstructionId, type SubjectId, type TenantId } from '@personr/kernel';
import {
  activeHolds,
  endHold,
  findHold,
  findSubject,
  heldBy,
  type Hold,
  type HoldEndReason,
  type HoldId,
  lockSubjects,
} from '@personr/subjects';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { holdStay } from '@personr/terms';
import { HoldMirror } from '@personr/vault';
import { wakeWork } from '@personr/work';
import { type AboutSubject, instructionsAbout, reopenExecutions } from './held-instructions.repository.js';
import { type HoldEvent } from './hold.events.js';
import { findInstruction } from './instruction.repository.js';
import { type Move } from './move-instruction.js';
import { moveInstructions } from './move-instructions.js';

const SYSTEM = { actor: { kind: 'SYSTEM' } } as const;

/** Which hold to release, and why; on which instruction, if it is named there. */
export type HoldRelease = {
  readonly id: HoldId;
  readonly reason: HoldEndReason;
  readonly instructionId?: InstructionId;
};

type Ending = { readonly hold: Hold; readonly at: Date };

/** Ends holds; what they kept back is erased then, by itself. */
@Injectable()
export class EndHold {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly mirror: HoldMirror,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Releases a hold before its time; of an instruction, when one is named. One that was released for this reason before
   * is returned as it stands. Throws `HOLD_NOT_FOUND`, `HOLD_ENDED`, `INSTRUCTION_NOT_FOUND`.
   */
  async release(caller: Caller, { id, reason, instructionId }: HoldRelease): Promise<Hold> {
    const ended = await this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const on = instructionId === undefined ? undefined : await subjectOf(tx, instructionId);
      const ending = await this.lock(tx, id);
      if (ending === null || (on !== undefined && ending.hold.subjectId !== on))
        throw new DomainError('HOLD_NOT_FOUND', 'There is no such hold.');
      if (ending.hold.endReason === reason) return ending.hold;
      if (!(await endHold(tx, id, { at: ending.at, reason })))
        throw new DomainError('HOLD_ENDED', 'The hold has ended already.');
      await this.follow(tx, ending, {
        event: 'hold.released',
        at: ending.at,
        ...by(caller),
        reasonCode: reason,
      });
      return { ...ending.hold, endedAt: ending.at, endReason: reason };
    });
    await this.mirror.remove(caller.tenantId, id);
    return ended;
  }

  /**
   * Ends a hold whose time has come, with what `also` writes in the same transaction. One that was released, or that
   * ends later, is left alone. Safe to call again.
   */
  async expire(tenantId: TenantId, id: HoldId, also: (tx: TenantTx) => Promise<void>): Promise<void> {
    await this.tenancy.forTenant(tenantId, async (tx) => {
      const ending = await this.lock(tx, id);
      await also(tx);
      if (ending === null || !hasCome(ending)) return;
      if (!(await endHold(tx, id, { at: ending.at, reason: 'TIME_CAME' }))) return;
      await this.follow(tx, ending, { event: 'hold.expired', at: ending.at, ...SYSTEM });
    });
    await this.mirror.remove(tenantId, id);
  }

  private async lock(tx: TenantTx, id: HoldId): Promise<Ending | null> {
    await holdStay(tx);
    const found = await findHold(tx, id);
    if (found === null) return null;
    await lockSubjects(tx, [found.subjectId]);
    const hold = (await findHold(tx, id)) ?? found;
    return { hold, at: this.clock.now() };
  }

  /** Instructions that waited go on; of those that ended with exceptions, the part that was kept back is erased. */
  private async follow(tx: TenantTx, { hold, at }: Ending, event: HoldEvent): Promise<void> {
    const left = heldBy((await activeHolds(tx, [hold.subjectId])).get(hold.subjectId) ?? []);
    const about = await instructionsAbout(tx, hold.subjectId);
    const going = about.flatMap((one) => {
      const moves = movesAfter(one, hold, left);
      return moves === null ? [] : [{ id: one.id, moves }];
    });
    await moveInstructions(tx, going, at);
    await reopenExecutions(
      tx,
      going.map(({ id }) => id),
    );
    const resumes = going.map(({ id }) => id);
    for (const { id } of going) await wake(tx, id, at);
    for (const { id } of left.everything ? [] : about.filter(isWaiting))
      if (await wake(tx, id, at)) resumes.push(id);
    const subject = await findSubject(tx, hold.subjectId);
    await this.audit.append(tx, {
      ...event,
      ...(subject === null ? {} : { subjectRef: subject.subjectRef }),
      ...(hold.instructionId === null ? {} : { instructionId: hold.instructionId }),
      detail: { holdId: hold.id, ground: hold.ground, resumes },
    });
  }
}

async function subjectOf(tx: TenantTx, id: InstructionId): Promise<SubjectId | null> {
  const instruction = await findInstruction(tx, id);
  if (instruction === null) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
  return instruction.subjectId;
}

const hasCome = ({ hold: { endsAt }, at }: Ending): boolean => endsAt !== null && endsAt <= at;

const wake = (tx: TenantTx, referenceId: InstructionId, dueAt: Date): Promise<boolean> =>
  wakeWork(tx, { kind: 'EXECUTE_INSTRUCTION', referenceId, dueAt });

/** An erasure that had begun, or follows an acknowledgement, and found everything on hold before it destroyed anything. */
const isWaiting = ({ state, isShredding, isWholeTenant }: AboutSubject): boolean =>
  state === 'ERASING' && !isShredding && !isWholeTenant;

function movesAfter(
  { state, scopeElements, heldBack }: AboutSubject,
  hold: Hold,
  left: ReturnType<typeof heldBy>,
): Move[] | null {
  if (state === 'COMPLETED_WITH_EXCEPTIONS') {
    const wasKept = (heldBack ?? []).some(({ holdId }) => holdId === hold.id);
    return wasKept ? [{ event: 'erasure.resumed', to: 'ERASING' }] : null;
  }
  if (state !== 'ON_HOLD' || left.everything) return null;
  const isStillHeld =
    scopeElements.length > 0 && scopeElements.every((element) => left.elements.includes(element));
  if (isStillHeld) return null;
  return [
    { event: 'hold.released', to: 'UNDER_REVIEW' },
    { event: 'instruction.approved', to: 'APPROVED' },
  ];
}
