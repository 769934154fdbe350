import { type InstructionId, type SubjectId } from '@personr/kernel';
import { type Deadline } from '@personr/law';
import { JSON_NULL, type TenantTx } from '@personr/tenancy';
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
  'finishedAt' | 'sealedAt' | 'unreadableAt' | 'erasedAt' | 'writingCommitment'
> & {
  readonly writing: SealedWriting;
  readonly verification: NewInstruction['verification'];
  readonly history: readonly Transition[];
  readonly deadlines: readonly Deadline[];
};

/** Writes the instruction, its history so far and its clocks. */
export async function insertInstruction(tx: TenantTx, instruction: InstructionInsert): Promise<void> {
  const { history, deadlines, writing, verification, consumerRequest, ...row } = instruction;
  await tx.instruction.create({
    data: {
      ...row,
      tenantId: tx.tenantId,
      flags: [...row.flags],
      scopeElements: [...row.scopeElements],
      consumerRequest:
        consumerRequest === null
          ? JSON_NULL
          : { ...consumerRequest, receivedAt: consumerRequest.receivedAt.toISOString() },
      verification:
        verification === null
          ? JSON_NULL
          : {
              ...verification,
              points: [...verification.points],
              verifiedAt: verification.verifiedAt.toISOString(),
            },
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
