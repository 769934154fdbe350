import { Injectable } from '@nestjs/common';
import { LogReader } from '@personr/audit';
import { DomainError, type InstructionId, type TenantId } from '@personr/kernel';
import { composeReceipt, formatTlogProof, type Receipt, type ReceiptBody } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { findInstruction } from './instruction.repository.js';
import { findReceipt } from './receipt.repository.js';

/** A receipt as it is handed over: whole, and its `tlog-proof` alone. */
export type HandedReceipt = { readonly receipt: Receipt; readonly tlogProof: string };

/** Hands a tenant the receipt of an instruction. */
@Injectable()
export class ReadReceipt {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly log: LogReader,
  ) {}

  /**
   * The receipt under the newest checkpoint. Throws `INSTRUCTION_NOT_FOUND`, and `NOT_FINISHED` until the
   * instruction has ended and its last entry has its place in the log (a moment later).
   */
  run(tenantId: TenantId, instructionId: InstructionId): Promise<HandedReceipt> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const instruction = await findInstruction(tx, instructionId);
      if (instruction === null)
        throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
      const stored = await findReceipt(tx, instructionId);
      const proven = stored === null ? null : await this.log.prove(tx, stored.entryId);
      if (stored === null || proven === null) {
        throw new DomainError(
          'NOT_FINISHED',
          'The instruction has not ended yet. Its receipt comes with its end.',
        );
      }
      const body = JSON.parse(stored.body) as ReceiptBody;
      return {
        receipt: composeReceipt({ body, salt: stored.salt, ...proven }),
        tlogProof: formatTlogProof(proven.proof),
      };
    });
  }

  /** Says whether the receipt can be had now. */
  async isReady(tenantId: TenantId, instructionId: InstructionId): Promise<boolean> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      const stored = await findReceipt(tx, instructionId);
      return stored !== null && (await this.log.prove(tx, stored.entryId)) !== null;
    });
  }
}
