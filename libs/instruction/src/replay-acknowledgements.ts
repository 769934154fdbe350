import { type InstructionId, type KeyId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { enqueueWork, wakeWork } from '@personr/work';
import { insertTransitions } from './instruction.repository.js';
import { type InstructionState } from './instruction-state.js';
import { type Snapshot, toBeSent, type Transfer, UNKNOWN_PARCEL } from './transfer.js';
import { findTransfer, startIntent, writeStep, writeTransfer } from './transfer.repository.js';

/** What the key store knows of an acknowledgement: whose, of what, and when. */
export type RememberedAcknowledgement = {
  readonly instructionId: InstructionId;
  readonly keyIds: readonly KeyId[];
  readonly intendedAt: Date;
};

const BEFORE_IT: readonly InstructionState[] = [
  'APPROVED',
  'QUEUED',
  'PACKAGING',
  'DELIVERING',
  'AWAITING_TRANSFER_ACK',
];

/**
 * Brings those RETURNs of these that this database, which is older, has before their acknowledgement to where they were: what
 * is erased is what rests under the keys that were acknowledged. Returns how many. Safe to call again.
 */
export async function replayAcknowledgements(
  tx: TenantTx,
  lines: readonly RememberedAcknowledgement[],
): Promise<number> {
  if (lines.length === 0) return 0;
  const rows = await tx.bulk`
    select id, state from instruction
     where tenant_id = ${tx.tenantId} and id = any(${lines.map(({ instructionId }) => instructionId)}::uuid[])
       and type = 'RETURN' and finished_at is null and state = any(${BEFORE_IT}::text[]) order by id for update`;
  const states = new Map(rows.map((row) => [row.id as InstructionId, row.state as InstructionState]));
  for (const line of lines) {
    const state = states.get(line.instructionId);
    if (state !== undefined) await acknowledgeAgain(tx, line, state);
  }
  return states.size;
}

async function acknowledgeAgain(
  tx: TenantTx,
  { instructionId: id, keyIds, intendedAt: at }: RememberedAcknowledgement,
  from: InstructionState,
): Promise<void> {
  const { snapshot, transfer } = await findTransfer(tx, id);
  // What was on hold when it was acknowledged is not in the line; the snapshot that was acknowledged has it.
  const isSame = snapshot !== null && keyIds.every((keyId) => snapshot.keyIds.includes(keyId));
  const frozen: Snapshot = isSame ? snapshot : { takenAt: at.toISOString(), keyIds, consents: null };
  const done = frozen.keyIds.length;
  await writeStep(tx, { id, name: 'SNAPSHOT', at }, { outcome: frozen, doneAt: at, done, total: done });
  const told = { ...(transfer ?? toBeSent(UNKNOWN_PARCEL)), ...(await toldOf(tx, id)) };
  await writeTransfer(tx, { id, at }, { ...told, acknowledgedAt: at.toISOString() });
  await startIntent(tx, id, at);
  await tx.instruction.updateMany({ where: { tenantId: tx.tenantId, id }, data: { state: 'ERASING' } });
  const first = await tx.instructionTransition.count({ where: { instructionId: id } });
  const transitions = [{ from, to: 'ERASING', event: 'restore.replayed', at } as const];
  await insertTransitions(tx, id, { first, transitions });
  const work = { kind: 'EXECUTE_INSTRUCTION', referenceId: id, dueAt: at } as const;
  await enqueueWork(tx, work);
  await wakeWork(tx, work);
}

/** What the log says of it, as far as the entry was signed. */
async function toldOf(tx: TenantTx, id: InstructionId): Promise<Partial<Transfer>> {
  const [row] = await tx.bulk`
    select entry from log_entry
     where tenant_id = ${tx.tenantId} and instruction_id = ${id}::uuid and event = 'transfer.acknowledged'
     order by position desc limit 1`;
  if (row === undefined) return {};
  const { detail } = JSON.parse(new TextDecoder().decode(row.entry as Buffer)) as {
    detail?: Partial<Transfer>;
  };
  return detail ?? {};
}
