import { type InstructionId } from '@personr/kernel';
import { type Deadline } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type Snapshot, type Transfer, TRANSFER_STEPS, transferOf, type TransferStep } from './transfer.js';

/** Says that the acknowledgement of a transfer is overdue. */
export const TRANSFER_ACK_OVERDUE = 'TRANSFER_ACK_OVERDUE';

/** Says that something came in after what was returned, and is kept. */
export const LATER_DATA_KEPT = 'LATER_DATA_KEPT';

/** How a step of a RETURN stands: how much of it is done, and what it came to. */
export type StepStanding = {
  readonly outcome: object | null;
  readonly doneAt: Date | null;
  readonly done: number;
  readonly total: number;
};

/** Before those of the erasure. */
const positionOf = (name: TransferStep): number => TRANSFER_STEPS.indexOf(name) - TRANSFER_STEPS.length;

/** Writes how the step stands. One that is new began at `at`. */
export async function writeStep(
  tx: TenantTx,
  { id, name, at }: { readonly id: InstructionId; readonly name: TransferStep; readonly at: Date },
  { outcome, doneAt, done, total }: StepStanding,
): Promise<void> {
  await tx.bulk`
    insert into execution_step (tenant_id, instruction_id, name, position, state, started_at, done_at, outcome, done, total)
    values (${tx.tenantId}::uuid, ${id}::uuid, ${name}, ${positionOf(name)}::int, ${doneAt === null ? 'STARTED' : 'DONE'},
            ${at.toISOString()}::timestamptz, ${doneAt?.toISOString() ?? null}::timestamptz,
            ${outcome === null ? null : JSON.stringify(outcome)}::jsonb, ${done}::int, ${total}::int)
    on conflict (tenant_id, instruction_id, name) do update
       set state = excluded.state, done_at = excluded.done_at, outcome = excluded.outcome, done = excluded.done,
           total = excluded.total`;
}

/** Writes how far the transfer is: done once it is acknowledged. */
export const writeTransfer = (
  tx: TenantTx,
  { id, at }: { readonly id: InstructionId; readonly at: Date },
  transfer: Transfer,
): Promise<void> => {
  const doneAt = transfer.acknowledgedAt === null ? null : at;
  const done = doneAt === null ? 0 : 1;
  return writeStep(tx, { id, name: 'TRANSFER', at }, { outcome: transfer, doneAt, done, total: 1 });
};

/**
 * Begins the step of the erasure that writes into the key store what is going to be erased: who has acknowledged does so at
 * once, and a database that knows nothing of what stands there passes for an older one.
 */
export async function startIntent(tx: TenantTx, id: InstructionId, at: Date): Promise<void> {
  await tx.bulk`
    insert into execution_step (tenant_id, instruction_id, name, position, state, started_at)
    values (${tx.tenantId}::uuid, ${id}::uuid, 'INTEND', 1, 'STARTED', ${at.toISOString()}::timestamptz)
    on conflict do nothing`;
}

/** What the instruction's steps came to that come before an erasure. */
export async function findTransfer(
  tx: TenantTx,
  id: InstructionId,
): Promise<{ readonly snapshot: Snapshot | null; readonly transfer: Transfer | null }> {
  const rows = await tx.bulk`
    select name, outcome from execution_step
     where tenant_id = ${tx.tenantId} and instruction_id = ${id}::uuid and name = any(${TRANSFER_STEPS}::text[])`;
  const steps = rows.map((row) => ({ name: row.name as string, outcome: row.outcome }));
  const snapshot = steps.find(({ name }) => name === 'SNAPSHOT')?.outcome as Snapshot | null | undefined;
  return { snapshot: snapshot ?? null, transfer: transferOf(steps) };
}

/** Adds a flag to instructions, where it is not there already. */
export async function raiseFlag(tx: TenantTx, ids: readonly InstructionId[], flag: string): Promise<void> {
  if (ids.length === 0) return;
  await tx.bulk`
    update instruction set flags = array_append(flags, ${flag}::text)
     where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[]) and not flags @> array[${flag}::text]`;
}

/** Takes a flag from an instruction. */
export async function lowerFlag(tx: TenantTx, id: InstructionId, flag: string): Promise<void> {
  await tx.bulk`
    update instruction set flags = array_remove(flags, ${flag}::text)
     where tenant_id = ${tx.tenantId} and id = ${id}::uuid`;
}

/** Writes a clock that starts while the instruction is under way. One that runs already goes on. */
export async function startDeadline(tx: TenantTx, id: InstructionId, deadline: Deadline): Promise<void> {
  await tx.instructionDeadline.createMany({
    data: [{ tenantId: tx.tenantId, instructionId: id, ...deadline }],
    skipDuplicates: true,
  });
}

/** Notes that the clock of the acknowledgement was met. */
export async function meetAcknowledgement(tx: TenantTx, id: InstructionId, at: Date): Promise<void> {
  await tx.instructionDeadline.updateMany({
    where: { tenantId: tx.tenantId, instructionId: id, code: 'TRANSFER_ACK', metAt: null },
    data: { metAt: at },
  });
}
