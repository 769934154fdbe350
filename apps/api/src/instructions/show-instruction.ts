import { Injectable } from '@nestjs/common';
import { actsOn, FindHolds, type InstructionView as View } from '@personr/instruction';
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
    const stored = type === 'EXPORT' ? await this.readPackage.find(tenantId, id) : null;
    if (!scopes.includes('instructions:approve'))
      return toInstructionView(view, { acts: [], holds: [], stored });
    const holds = subjectId === null ? [] : await this.findHolds.activeOn(tenantId, subjectId);
    return toInstructionView(view, { acts: actsOn(view.instruction, holds), holds, stored });
  }
}
