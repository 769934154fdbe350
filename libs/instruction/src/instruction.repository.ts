import { type InstructionId, type SubjectId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Instruction, type InstructionView, type Transition } from './instruction.js';
import { type InstructionState } from './instruction-state.js';
import { toDeadline, toInstruction, toStep, toTransition } from './instruction.rows.js';
import { isKnownParcel, transferOf } from './transfer.js';

/** Adds to the history, from position `first` on. */
export async function insertTransitions(
  tx: TenantTx,
  instructionId: InstructionId,
  { first, transitions }: { first: number; transitions: readonly Transition[] },
): Promise<void> {
  await tx.instructionTransition.createMany({
    data: transitions.map((transition, offset) => ({
      tenantId: tx.tenantId,
      instructionId,
      position: first + offset,
      ...transition,
    })),
  });
}

/** Finds the instruction, or null. */
export async function findInstruction(tx: TenantTx, id: InstructionId): Promise<Instruction | null> {
  const row = await tx.instruction.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } } });
  return row === null ? null : toInstruction(row);
}

/** Finds these instructions, in the order of their ids. Those that are unknown are left out. */
export async function findInstructions(tx: TenantTx, ids: readonly InstructionId[]): Promise<Instruction[]> {
  const rows = await tx.instruction.findMany({
    where: { tenantId: tx.tenantId, id: { in: [...ids] } },
    orderBy: { id: 'asc' },
  });
  return rows.map(toInstruction);
}

/** Finds the instruction with history, clocks and steps, or null. */
export async function findInstructionView(tx: TenantTx, id: InstructionId): Promise<InstructionView | null> {
  const row = await tx.instruction.findUnique({
    where: { tenantId_id: { tenantId: tx.tenantId, id } },
    include: {
      transitions: { orderBy: { position: 'asc' } },
      deadlines: { orderBy: { code: 'asc' } },
      steps: { orderBy: { position: 'asc' } },
    },
  });
  if (row === null) return null;
  return {
    instruction: toInstruction(row),
    history: row.transitions.map(toTransition),
    deadlines: row.deadlines.map(toDeadline),
    steps: row.steps.map(toStep),
    transfer: shownOf(row.steps),
  };
}

/** What an older database does not know of a transfer is not shown. */
function shownOf(steps: Parameters<typeof transferOf>[0]): InstructionView['transfer'] {
  const transfer = transferOf(steps);
  return transfer !== null && isKnownParcel(transfer) ? transfer : null;
}

/** The instruction that made the whole subject unreadable, or null. Its rows may still be going. Asked for who is gone, or going. */
export async function findErasureOf(tx: TenantTx, subjectId: SubjectId): Promise<Instruction | null> {
  const by = (await findErasuresOf(tx, [subjectId])).get(subjectId);
  return by === undefined ? null : findInstruction(tx, by);
}

/**
 * Of each of these subjects, who is gone or going, the instruction that made the whole of it unreadable: a DELETE, or else the
 * last RETURN. Those that were not erased are left out.
 */
export async function findErasuresOf(
  tx: TenantTx,
  subjectIds: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, InstructionId>> {
  if (subjectIds.length === 0) return new Map();
  const rows = await tx.bulk`
    select distinct on (subject_id) subject_id, id from instruction
     where tenant_id = ${tx.tenantId} and subject_id = any(${subjectIds}::uuid[]) and type in ('DELETE', 'RETURN')
       and sealed_at is not null and scope_elements = '{}'
     order by subject_id, type, case when type = 'DELETE' then id end, id desc`;
  return new Map(rows.map((row) => [row.subject_id as SubjectId, row.id as InstructionId]));
}

/** A page of instructions, newest first, after the one named by `after`. */
export async function listInstructions(
  tx: TenantTx,
  query: { limit: number; after: InstructionId | null; state?: InstructionState; type?: string },
): Promise<Instruction[]> {
  const rows = await tx.instruction.findMany({
    where: {
      ...(query.after === null ? {} : { id: { lt: query.after } }),
      ...(query.state === undefined ? {} : { state: query.state }),
      ...(query.type === undefined ? {} : { type: query.type }),
    },
    orderBy: { id: 'desc' },
    take: query.limit,
  });
  return rows.map(toInstruction);
}
