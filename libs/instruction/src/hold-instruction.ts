import { Injectable } from '@nestjs/common';
import { DomainError, type InstructionId, type TenantId } from '@personr/kernel';
import { type Hold, type NewHold } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';
import { findInstruction } from './instruction.repository.js';
import { type HoldPlacer, PlaceHold } from './place-hold.js';

/** What is held back from which instruction. */
export type InstructionHold = { readonly id: InstructionId; readonly hold: Omit<NewHold, 'subjectId'> };

/** Holds back from an instruction what a legal ground keeps of its subject. */
@Injectable()
export class HoldInstruction {
  constructor(private readonly placeHold: PlaceHold) {}

  /**
   * Places the hold in the caller's transaction, as `PlaceHold` does. Throws what that does, `INSTRUCTION_NOT_FOUND`, and
   * `ILLEGAL_TRANSITION` for an instruction that is about no one subject.
   */
  async run(tx: TenantTx, placer: HoldPlacer, { id, hold }: InstructionHold): Promise<Hold> {
    const instruction = await findInstruction(tx, id);
    if (instruction === null) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
    const { subjectId } = instruction;
    if (subjectId === null)
      throw new DomainError('ILLEGAL_TRANSITION', 'The instruction is about no one subject: hold subjects.');
    return this.placeHold.run(tx, placer, { hold: { ...hold, subjectId }, instruction });
  }

  /** What is to follow when the hold has committed, as `PlaceHold.settle`. */
  async settle(tenantId: TenantId, hold: Hold): Promise<void> {
    await this.placeHold.settle(tenantId, hold);
  }
}
