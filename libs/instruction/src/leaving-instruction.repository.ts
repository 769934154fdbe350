import { type Deadline } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type Instruction, type Transition } from './instruction.js';
import { insertTransitions } from './instruction.repository.js';
import { type SealedWriting } from './accepted-instruction.repository.js';

/** What is written when a tenant's order to erase everything is accepted. */
export type LeavingInsert = Pick<
  Instruction,
  | 'id'
  | 'basis'
  | 'state'
  | 'urgent'
  | 'apiClientId'
  | 'agreementId'
  | 'instructorId'
  | 'policyVersion'
  | 'acceptedAt'
> & {
  readonly writing: SealedWriting;
  readonly history: readonly Transition[];
  readonly deadlines: readonly Deadline[];
};

/** Writes the instruction, its history so far and its clocks. */
export async function insertLeaving(
  tx: TenantTx,
  { writing, history, deadlines, ...row }: LeavingInsert,
): Promise<void> {
  await tx.instruction.create({
    data: {
      tenantId: tx.tenantId,
      ...row,
      type: 'DELETE',
      flags: [],
      scopeElements: [],
      wholeTenant: true,
      writingKeyId: writing.keyId,
      sealedWriting: writing.sealed,
      writingCommitment: writing.commitment,
    },
  });
  await insertTransitions(tx, row.id, { first: 0, transitions: history });
  await tx.instructionDeadline.createMany({
    data: deadlines.map((deadline) => ({ tenantId: tx.tenantId, instructionId: row.id, ...deadline })),
  });
}
