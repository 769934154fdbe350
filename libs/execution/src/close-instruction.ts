import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@personr/audit';
import { insertReceipt, type Move, moveInstruction } from '@personr/instruction';
import { canonicalJson, Clock } from '@personr/kernel';
import { receiptCommitment, SALT_BYTES } from '@personr/proof';
import { Tenancy } from '@personr/tenancy';
import { Vault } from '@personr/vault';
import { completeWork } from '@personr/work';
import { type Erasure, type Execution } from './execution.js';
import { type ExecutionEvent } from './execution.events.js';
import { receiptBodyOf } from './receipt-body.js';

const ERASED: readonly Move[] = [
  { event: 'erasure.active.completed', to: 'ERASING_BACKUPS' },
  { event: 'erasure.backups.completed', to: 'AWAITING_SUBPROCESSORS' },
  { event: 'subprocessor.confirmed', to: 'VERIFYING_ERASURE' },
  { event: 'erasure.verified', to: 'RESPONDING' },
  { event: 'response.sent', to: 'RESPONDED' },
  { event: 'instruction.closed', to: 'COMPLETED' },
];

const NOTHING_HELD: readonly Move[] = [
  { event: 'response.sent', to: 'RESPONDED' },
  { event: 'instruction.closed', to: 'CLOSED_NO_DATA' },
];

/** Ends an instruction and issues its receipt. The only place that does. */
@Injectable()
export class CloseInstruction {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly vault: Vault,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the end of the life, the last entry, the receipt's body and the end of the work together. The entry
   * commits to the body, so a receipt cannot say later what was not said here. Throws `LEASE_LOST`.
   */
  async run({ lease, instruction }: Execution, erasure: Erasure | null): Promise<void> {
    const durability = await this.vault.durability();
    await this.tenancy.forTenant(lease.tenantId, async (tx) => {
      const at = this.clock.now();
      await completeWork(tx, lease, at);
      const { id, subjectRef, policyVersion } = instruction;
      const moves = erasure === null ? NOTHING_HELD : ERASED;
      const transitions = await moveInstruction(tx, { id, moves, at });
      const closing = { instruction, tenantId: lease.tenantId, erasure, durability, finishedAt: at };
      const body = receiptBodyOf(closing);
      const text = canonicalJson(body);
      const salt = Uint8Array.from(randomBytes(SALT_BYTES));
      const event: ExecutionEvent = {
        event: 'instruction.closed',
        at,
        actor: { kind: 'SYSTEM' },
        instructionId: id,
        subjectRef,
        policyVersion,
        commitment: receiptCommitment(salt, body),
        opening: { salt, body: text },
        detail: { outcome: body.outcome, transitions: transitions.map(({ to }) => to) },
      };
      const entryId = await this.audit.append(tx, event);
      await insertReceipt(tx, { instructionId: id, entryId, salt, body: text, issuedAt: at });
    });
  }
}
