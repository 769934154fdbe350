import { Injectable } from '@nestjs/common';
import { AnchoredReader } from '@personr/audit';
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
    private readonly log: AnchoredReader,
  ) {}

  /**
   * The receipt under the checkpoint that witnesses cosigned, once they did (`COSIGNED`), else under the newest
   * (`PENDING`): fetched again later, it has more of an anchor and the same body. Throws `INSTRUCTION_NOT_FOUND`, and
   * `NOT_FINISHED` until the instruction has ended and its last entry has its place in the log (a moment later).
   */
  async run(tenantId: TenantId, instructionId: InstructionId): Promise<HandedReceipt> {
    const stored = await this.tenancy.forTenant(tenantId, async (tx) => {
      const instruction = await findInstruction(tx, instructionId);
      if (instruction === null)
        throw new DomainError('INSTRUCTION_NOT_FOUND', 'There is no such instruction.');
      return findReceipt(tx, instructionId);
    });
    const proven = stored === null ? null : await this.log.prove(tenantId, stored.entryId);
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
  }

  /** Says whether the receipt can be had now. */
  async isReady(tenantId: TenantId, instructionId: InstructionId): Promise<boolean> {
    const stored = await this.tenancy.forTenant(tenantId, (tx) => findReceipt(tx, instructionId));
    return stored !== null && (await this.log.prove(tenantId, stored.entryId)) !== null;
  }
}
