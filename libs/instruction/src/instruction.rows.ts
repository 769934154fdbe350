import { type ApiClientId, type InstructionId, type SubjectId, type SubjectRef } from '@personr/kernel';
import {
  type Basis,
  type DeadlineCode,
  type ElementCode,
  type ExportOrder,
  type InstructionType,
  type Manner,
} from '@personr/law';
import { type AgreementId, type InstructorId } from '@personr/terms';
import {
  type Instruction,
  type InstructionDeadline,
  type StepSummary,
  type Transition,
} from './instruction.js';
import { type InstructionState } from './instruction-state.js';

type InstructionRow = {
  id: string;
  type: string;
  basis: string;
  state: string;
  flags: string[];
  subjectId: string | null;
  subjectRef: string | null;
  apiClientId: string;
  agreementId: string | null;
  instructorId: string | null;
  scopeElements: string[];
  urgent: boolean;
  wholeTenant: boolean;
  exportOrder: unknown;
  consumerRequest: unknown;
  writingCommitment: string;
  policyVersion: string;
  acceptedAt: Date;
  finishedAt: Date | null;
  sealedAt: Date | null;
  unreadableAt: Date | null;
  erasedAt: Date | null;
  unguessableDueAt: Date | null;
  unguessableAt: Date | null;
};

type KeptRequest = { receivedAt: string; manner: Manner; nature: string };

const toRequest = (kept: KeptRequest | null): Instruction['consumerRequest'] =>
  kept === null ? null : { ...kept, receivedAt: new Date(kept.receivedAt) };

/** Reads a row of `instruction`. The database holds only what this room wrote, so names are trusted. */
export const toInstruction = (row: InstructionRow): Instruction => ({
  id: row.id as InstructionId,
  type: row.type as InstructionType,
  basis: row.basis as Basis,
  state: row.state as InstructionState,
  flags: row.flags,
  subjectId: row.subjectId as SubjectId | null,
  subjectRef: row.subjectRef as SubjectRef | null,
  apiClientId: row.apiClientId as ApiClientId,
  agreementId: row.agreementId as AgreementId | null,
  instructorId: row.instructorId as InstructorId | null,
  scopeElements: row.scopeElements as ElementCode[],
  urgent: row.urgent,
  wholeTenant: row.wholeTenant,
  exportOrder: row.exportOrder as ExportOrder | null,
  consumerRequest: toRequest(row.consumerRequest as KeptRequest | null),
  writingCommitment: row.writingCommitment,
  policyVersion: row.policyVersion,
  acceptedAt: row.acceptedAt,
  finishedAt: row.finishedAt,
  sealedAt: row.sealedAt,
  unreadableAt: row.unreadableAt,
  erasedAt: row.erasedAt,
  unguessableDueAt: row.unguessableDueAt,
  unguessableAt: row.unguessableAt,
});

/** Reads a row of `instruction_transition`. */
export const toTransition = (row: {
  from: string | null;
  to: string;
  event: string;
  at: Date;
}): Transition => ({
  from: row.from as InstructionState | null,
  to: row.to as InstructionState,
  event: row.event,
  at: row.at,
});

/** Reads a row of `instruction_deadline`. */
export const toDeadline = (
  row: Omit<InstructionDeadline, 'code'> & { code: string },
): InstructionDeadline => ({
  code: row.code as DeadlineCode,
  dueOn: row.dueOn,
  dueAt: row.dueAt,
  lateFrom: row.lateFrom,
  rule: row.rule,
  zone: row.zone,
  calendarVersion: row.calendarVersion,
  metAt: row.metAt,
});

/** Reads a row of `execution_step`, as far as the view shows it. */
export const toStep = (row: {
  name: string;
  state: string;
  startedAt: Date;
  doneAt: Date | null;
  done: number;
  total: number;
  outcome: unknown;
}): StepSummary => ({
  name: row.name,
  state: row.state as StepSummary['state'],
  startedAt: row.startedAt,
  doneAt: row.doneAt,
  done: row.done,
  total: row.total,
  bytes: (row.outcome as { sizeBytes?: number } | null)?.sizeBytes ?? null,
});
