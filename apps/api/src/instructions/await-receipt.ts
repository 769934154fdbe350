import { Injectable } from '@nestjs/common';
import { FindInstruction, type HandedReceipt, isFinal, ReadReceipt } from '@personr/instruction';
import { type InstructionId, isDomainError, type TenantId } from '@personr/kernel';
import { setTimeout as pause } from 'node:timers/promises';

const LOOKS = 40;
const PAUSE_MILLISECONDS = 50;

/** Hands out receipts, and bridges the moment between an instruction's end and its entry's place in the log. */
@Injectable()
export class AwaitReceipt {
  constructor(
    private readonly readReceipt: ReadReceipt,
    private readonly findInstruction: FindInstruction,
  ) {}

  /** The receipt; of an instruction that has just ended, within two seconds. Throws `NOT_FINISHED`, `INSTRUCTION_NOT_FOUND`. */
  async run(tenantId: TenantId, id: InstructionId): Promise<HandedReceipt> {
    for (let look = 1; ; look += 1) {
      try {
        return await this.readReceipt.run(tenantId, id);
      } catch (error) {
        if (!isDomainError(error, 'NOT_FINISHED') || look === LOOKS) throw error;
        const { instruction } = await this.findInstruction.byId(tenantId, id);
        if (!isFinal(instruction.state)) throw error;
        await pause(PAUSE_MILLISECONDS);
      }
    }
  }
}
