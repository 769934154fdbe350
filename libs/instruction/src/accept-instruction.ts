import { Injectable } from '@nestjs/common';
import { type RequestIdentity } from '@personr/idempotency';
import { DomainError, isDomainError } from '@personr/kernel';
import { type AcceptOutcome, type LineOutcome } from './acceptance.js';
import { AcceptInstructions } from './accept-instructions.js';
import { FindInstruction } from './find-instruction.js';
import { type InstructionView, type NewInstruction } from './instruction.js';
import { InstructionLog } from './instruction.log.js';
import { SharedAcceptances } from './shared-acceptances.js';
import { type Orderer } from './write-instructions.js';

/** What came of an instruction, and how it stands. */
export type Accepted = { readonly view: InstructionView; readonly outcome: AcceptOutcome };

/** Takes one written order in, for which somebody waits: one line of `AcceptInstructions`. */
@Injectable()
export class AcceptInstruction {
  private readonly shared: SharedAcceptances;

  constructor(
    acceptInstructions: AcceptInstructions,
    private readonly findInstruction: FindInstruction,
    private readonly log: InstructionLog,
  ) {
    this.shared = new SharedAcceptances((orderer, lines) =>
      acceptInstructions.run(orderer, lines, 'INTERACTIVE'),
    );
  }

  /**
   * Throws what `AcceptInstructions` refuses a line for. A refusal leaves one entry. Orders that one credential sends at
   * the same time are taken in together (`SharedAcceptances`).
   */
  async run(orderer: Orderer, order: NewInstruction, identity: RequestIdentity | null): Promise<Accepted> {
    try {
      const { requestId } = orderer;
      const accepted = await this.shared.take(orderer, { order, identity, requestId });
      const { outcome, instruction, view } = orThrow(accepted);
      return { outcome, view: view ?? (await this.findInstruction.byId(orderer.tenantId, instruction.id)) };
    } catch (error) {
      if (isDomainError(error)) await this.log.refused(orderer, error, order);
      throw error;
    }
  }
}

function orThrow(outcome: LineOutcome): Exclude<LineOutcome, DomainError> {
  if (outcome instanceof DomainError) throw outcome;
  return outcome;
}
