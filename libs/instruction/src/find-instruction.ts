import { Injectable } from '@nestjs/common';
import { DomainError, type InstructionId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type Instruction, type InstructionView } from './instruction.js';
import { findInstructionView, listInstructions } from './instruction.repository.js';
import { type InstructionState } from './instruction-state.js';

/** Shows a tenant its instructions. */
@Injectable()
export class FindInstruction {
  constructor(private readonly tenancy: Tenancy) {}

  /** The tenant's instruction. Throws `INSTRUCTION_NOT_FOUND`, alike for unknown and foreign ids. */
  async byId(tenantId: TenantId, id: InstructionId): Promise<InstructionView> {
    const view = await this.tenancy.forTenant(tenantId, (tx) => findInstructionView(tx, id));
    if (view === null) throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
    return view;
  }

  /** A page of instructions, newest first, after the one named by `after`. */
  page(
    tenantId: TenantId,
    query: { limit: number; after: InstructionId | null; state?: InstructionState; type?: string },
  ): Promise<Instruction[]> {
    return this.tenancy.forTenant(tenantId, (tx) => listInstructions(tx, query));
  }
}
