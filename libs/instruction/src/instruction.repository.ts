import { type InstructionId, type SubjectId } from '@personr/kernel';
import { type Deadline } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import {
  type Instruction,
  type InstructionView,
  type NewInstruction,
  type Transition,
} from './instruction.js';
import { type InstructionState } from './instruction-state.js';
import { toDeadline, toInstruction, toStep, toTransition } from './instruction.rows.js';

/** The sealed written order. */
export type SealedWriting = {
  readonly keyId: string;
  readonly sealed: Uint8Array<ArrayBuffer>;
  readonly commitment: string;
};

/** What is inserted when an instruction is accepted. */
export type InstructionInsert = Omit<
  Instruction,
  | 'finishedAt'
  | 'sealedAt'
  | 'unreadableAt'
  | 'erasedAt'
  | 'unguessableDueAt'
  | 'unguessableAt'
  | 'writingCommitment'
> & {
  readonly writing: SealedWriting;
  readonly verification: NewInstruction['verification'];
  readonly history: readonly Transition[];
  readonly deadlines: readonly Deadline[];
};

/** Writes the instruction, its history so far and its clocks, in one statement. */
export async function insertInstruction(tx: TenantTx, instruction: InstructionInsert): Promise<void> {
  const { history, deadlines, writing, verification, consumerRequest, ...row } = instruction;
  const moves = JSON.stringify(history.map((move, position) => ({ ...move, position })));
  await tx.$executeRaw`
    with accepted as (
      insert into instruction (tenant_id, id, type, basis, state, flags, subject_id, subject_ref, api_client_id,
        scope_elements, consumer_request, verification, writing_key_id, sealed_writing, writing_commitment,
        policy_version, accepted_at, agreement_id, instructor_id)
      values (${tx.tenantId}::uuid, ${row.id}::uuid, ${row.type}, ${row.basis}, ${row.state},
        ${[...row.flags]}::text[], ${row.subjectId}::uuid, ${row.subjectRef}, ${row.apiClientId}::uuid,
        ${[...row.scopeElements]}::text[], ${jsonOf(consumerRequest)}::jsonb, ${jsonOf(verification)}::jsonb,
        ${writing.keyId}::uuid, ${writing.sealed}, ${writing.commitment}, ${row.policyVersion}, ${row.acceptedAt},
        ${row.agreementId}::uuid, ${row.instructorId}::uuid)
      returning tenant_id, id),
    moved as (
      insert into instruction_transition (tenant_id, instruction_id, position, from_state, to_state, event, at)
      select a.tenant_id, a.id, m.position, m."from", m."to", m.event, m.at
        from accepted a, jsonb_to_recordset(${moves}::jsonb)
          as m(position int, "from" text, "to" text, event text, at timestamptz))
    insert into instruction_deadline (tenant_id, instruction_id, code, due_on, due_at, late_from, rule, zone,
      calendar_version)
    select a.tenant_id, a.id, d.code, d."dueOn", d."dueAt", d."lateFrom", d.rule, d.zone, d."calendarVersion"
      from accepted a, jsonb_to_recordset(${JSON.stringify(deadlines)}::jsonb)
        as d(code text, "dueOn" text, "dueAt" timestamptz, "lateFrom" timestamptz, rule text, zone text,
             "calendarVersion" text)`;
}

const jsonOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

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
  };
}

/** The DELETE that made the whole subject unreadable, or null. Its rows may still be going. */
export async function findErasureOf(tx: TenantTx, subjectId: SubjectId): Promise<Instruction | null> {
  const row = await tx.instruction.findFirst({
    where: { subjectId, type: 'DELETE', sealedAt: { not: null }, scopeElements: { isEmpty: true } },
    orderBy: { id: 'asc' },
  });
  return row === null ? null : toInstruction(row);
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
