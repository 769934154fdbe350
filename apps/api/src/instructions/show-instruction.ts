import { Injectable } from '@nestjs/common';
import { acknowledgementOf, actsOn, FindHolds, type InstructionView as View } from '@personr/instruction';
import { ReadPackage } from '@personr/packages';
import { type ClientCaller } from '../auth/caller.js';
import { type InstructionView, toInstructionView } from './instructions.view.js';

/** Shows an instruction to the one who asks, with what that one may do with it now. */
@Injectable()
export class ShowInstruction {
  constructor(
    private readonly findHolds: FindHolds,
    private readonly readPackage: ReadPackage,
  ) {}

  /** The view. Who may not place and release holds is shown neither these acts nor the holds there are. */
  async run({ tenantId, scopes }: ClientCaller, view: View): Promise<InstructionView> {
    const { id, type, subjectId } = view.instruction;
    const hasPackage = type === 'EXPORT' || type === 'RETURN';
    const stored = hasPackage ? await this.readPackage.find(tenantId, id) : null;
    const acknowledges = scopes.includes('instructions:write') ? acknowledgementOf(view.instruction) : [];
    if (!scopes.includes('instructions:approve'))
      return toInstructionView(view, { acts: acknowledges, holds: [], stored });
    const holds = subjectId === null ? [] : await this.findHolds.activeOn(tenantId, subjectId);
    return toInstructionView(view, {
      acts: [...actsOn(view.instruction, holds), ...acknowledges],
      holds,
      stored,
    });
  }
}
