import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { type InstructionId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Instruction } from './instruction.js';
import { findInstruction } from './instruction.repository.js';
import { nextReminder, type Transfer } from './transfer.js';
import { type TransferEvent } from './transfer.events.js';
import { findTransfer, raiseFlag, TRANSFER_ACK_OVERDUE, writeTransfer } from './transfer.repository.js';

/** Asks for acknowledgements that have not come. Nothing else follows from silence. */
@Injectable()
export class RemindTransfer {
  constructor(private readonly audit: AuditLog) {}

  /**
   * Says, in the caller's transaction, of each of the policy's days that has passed since the transfer that the
   * acknowledgement has not come: an entry each, once, and a flag. Returns when to call again; null when there is
   * nothing more to ask for.
   */
  async run(tx: TenantTx, id: InstructionId, at: Date): Promise<Date | null> {
    await tx.bulk`select from instruction where tenant_id = ${tx.tenantId} and id = ${id}::uuid for update`;
    const instruction = await findInstruction(tx, id);
    const { transfer } = await findTransfer(tx, id);
    if (instruction?.state !== 'AWAITING_TRANSFER_ACK' || transfer === null) return null;
    const days = daysOver(transfer, at);
    const standing = { ...transfer, reminded: transfer.reminded + days.length };
    if (days.length > 0) {
      await this.audit.appendAll(
        tx,
        days.map((day) => overdueFor(day, { instruction, transfer, at })),
      );
      await raiseFlag(tx, [id], TRANSFER_ACK_OVERDUE);
      await writeTransfer(tx, { id, at }, standing);
    }
    return nextReminder(standing)?.at ?? null;
  }
}

/** The days of reminders that are due by now and were not told of. */
function daysOver(transfer: Transfer, at: Date): number[] {
  const days: number[] = [];
  for (;;) {
    const next = nextReminder({ ...transfer, reminded: transfer.reminded + days.length });
    if (next === null || next.at > at) return days;
    days.push(next.day);
  }
}

const overdueFor = (
  day: number,
  {
    instruction: { id: instructionId, subjectRef, policyVersion },
    transfer: { sentAt, manifestSha256 },
    at,
  }: { instruction: Instruction; transfer: Transfer; at: Date },
): TransferEvent => ({
  event: 'transfer.ack_overdue',
  at,
  actor: { kind: 'SYSTEM' },
  instructionId,
  subjectRef,
  policyVersion,
  reasonCode: TRANSFER_ACK_OVERDUE,
  detail: { day, sentAt, manifestSha256 },
});
