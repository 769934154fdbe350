import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import {
  type ApiClientId,
  Clock,
  DomainError,
  type InstructionId,
  newId,
  type SubjectRef,
  type TenantId,
} from '@personr/kernel';
import { type ElementCode } from '@personr/law';
import {
  assertHoldable,
  findSubjectForUpdate,
  type Hold,
  heldBy,
  insertHold,
  activeHolds,
  type NewHold,
  ReadInventory,
} from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
import { holdStay } from '@personr/terms';
import { HoldMirror } from '@personr/vault';
import { enqueueWork } from '@personr/work';
import { type AboutSubject, covers, instructionsAbout } from './held-instructions.repository.js';
import { type HoldEvent } from './hold.events.js';
import { type Instruction } from './instruction.js';
import { findErasureOf } from './instruction.repository.js';
import { moveInstructions } from './move-instructions.js';

/** Who places a hold, on which instruction, if on one. */
export type HoldPlacer = Caller & { readonly clientId: ApiClientId };

/** Places holds: what a legal ground keeps from being erased. */
@Injectable()
export class PlaceHold {
  constructor(
    private readonly inventory: ReadInventory,
    private readonly mirror: HoldMirror,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Places the hold in the caller's transaction. Before an erasure begins to destroy it stops it; while one does, it
   * keeps what the erasure does not cover, and says what is gone; when nothing is left to keep it is refused with
   * `ALREADY_ERASED`, which names what is gone. The key store knows of it before it commits; `settle` is to follow. Throws
   * `SUBJECT_NOT_FOUND` and what `assertHoldable` does.
   */
  async run(
    tx: TenantTx,
    placer: HoldPlacer,
    { hold, instruction }: { hold: NewHold; instruction: Pick<Instruction, 'id'> | null },
  ): Promise<Hold> {
    const at = this.clock.now();
    assertHoldable(hold, at);
    await holdStay(tx);
    const subject = await findSubjectForUpdate(tx, hold.subjectId);
    if (subject === null) throw await refusalFor(tx, hold);
    const about = await instructionsAbout(tx, hold.subjectId);
    const gone = await this.goneOf(tx, hold, about);
    const placed: Hold = {
      ...hold,
      id: newId(at),
      placedBy: placer.clientId,
      instructionId: instruction?.id ?? null,
      startsAt: at,
      endedAt: null,
      endReason: null,
      gone,
    };
    await insertHold(tx, placed);
    if (placed.endsAt !== null)
      await enqueueWork(tx, { kind: 'END_HOLD', referenceId: placed.id, dueAt: placed.endsAt });
    const stops = await this.stop(tx, about, { hold: placed, at });
    await this.report(tx, placer, { hold: placed, subjectRef: subject.subjectRef, stops });
    await this.mirror.put(tx.tenantId, placed);
    return placed;
  }

  /** Tells the key store that the hold has committed. Safe to call again. Throws `SERVICE_UNAVAILABLE`. */
  async settle(tenantId: TenantId, { id }: Hold): Promise<void> {
    await this.mirror.settle(tenantId, id);
  }

  /** What the hold names and an erasure has destroyed or is destroying. Throws `ALREADY_ERASED` when that is all of it. */
  private async goneOf(tx: TenantTx, hold: NewHold, about: readonly AboutSubject[]): Promise<ElementCode[]> {
    const late = about.filter(({ isShredding, state }) => isShredding && state !== 'ON_HOLD');
    const isGoing = late.some(
      ({ scopeElements, erasedAt, heldBack }) =>
        scopeElements.length === 0 && erasedAt === null && heldBack?.length === 0,
    );
    if (isGoing) throw alreadyErased([]);
    const lines = await this.inventory.of(tx, hold.subjectId);
    const held = new Set(lines.map(({ element }) => element));
    const underWay = late.filter(({ erasedAt }) => erasedAt === null);
    const gone = hold.elements.filter(
      (element) =>
        underWay.some((one) => covers(one, element)) ||
        (!held.has(element) && late.some((one) => covers(one, element))),
    );
    if (gone.length > 0 && gone.length === hold.elements.length) throw alreadyErased(gone);
    return gone;
  }

  /** Instructions that have not begun, and of which nothing is left to erase, wait for the hold's end. Returns which. What is to be returned is: the erasure that follows waits. */
  private async stop(
    tx: TenantTx,
    about: readonly AboutSubject[],
    { hold, at }: { hold: Hold; at: Date },
  ): Promise<InstructionId[]> {
    const holds = (await activeHolds(tx, [hold.subjectId])).get(hold.subjectId) ?? [];
    const held = heldBy(holds);
    const stopped = about.filter(
      ({ type, state, scopeElements, isWholeTenant }) =>
        type !== 'RETURN' &&
        state === 'APPROVED' &&
        !isWholeTenant &&
        (held.everything ||
          (scopeElements.length > 0 && scopeElements.every((element) => held.elements.includes(element)))),
    );
    await moveInstructions(
      tx,
      stopped.map(({ id }) => ({ id, moves: [{ event: 'hold.placed', to: 'ON_HOLD' }] })),
      at,
    );
    return stopped.map(({ id }) => id);
  }

  private async report(
    tx: TenantTx,
    placer: HoldPlacer,
    { hold, subjectRef, stops }: { hold: Hold; subjectRef: SubjectRef; stops: readonly InstructionId[] },
  ): Promise<void> {
    const event: HoldEvent = {
      event: 'hold.placed',
      at: hold.startsAt,
      ...by(placer),
      subjectRef,
      ...(hold.instructionId === null ? {} : { instructionId: hold.instructionId }),
      detail: {
        holdId: hold.id,
        ground: hold.ground,
        elements: [...hold.elements],
        gone: [...hold.gone],
        stops: [...stops],
        endsAt: hold.endsAt?.toISOString() ?? null,
      },
    };
    await this.audit.append(tx, event);
  }
}

async function refusalFor(tx: TenantTx, { subjectId }: NewHold): Promise<DomainError> {
  const erasure = await findErasureOf(tx, subjectId);
  if (erasure !== null) return alreadyErased([]);
  return new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
}

const alreadyErased = (gone: readonly ElementCode[]): DomainError =>
  new DomainError(
    'ALREADY_ERASED',
    gone.length === 0
      ? 'It is too late to hold anything: everything held about the subject is gone, or its keys are being destroyed.'
      : `It is too late to hold these: ${gone.join(', ')} are gone, or their keys are being destroyed.`,
  );
