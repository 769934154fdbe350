import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  type Instruction,
  INSTRUCTION_ACTS,
  type InstructionAct,
  INSTRUCTION_STATES,
  type InstructionView as View,
  isFinal,
} from '@personr/instruction';
import { BASES, ELEMENT_CODES, EXCEPTION_GROUNDS, INSTRUCTION_TYPES } from '@personr/law';
import { type StoredPackage } from '@personr/packages';
import { type Hold } from '@personr/subjects';
import { PackageView, toPackageView, toTransferView, TransferView } from './transfer.view.js';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A clock of the instruction. */
export class DeadlineView {
  @ApiProperty({ example: 'RESPONSE_45D' }) code!: string;
  @ApiProperty({ format: 'date-time', description: 'The last moment in time.' }) dueAt!: string;
  @ApiProperty({ format: 'date-time', description: 'The first moment too late.' }) lateFrom!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) metAt!: string | null;
}

/** A part of the execution. `done` and `total` count it. */
export class StepView {
  @ApiProperty() name!: string;
  @ApiProperty({ enum: ['STARTED', 'DONE'] }) state!: string;
  @ApiProperty({ type: 'integer' }) done!: number;
  @ApiProperty({ type: 'integer' }) total!: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many bytes it came to, or has come to so far; null of a step that has none.',
  })
  bytes!: number | null;
}

/** One move of the life. */
export class TransitionView {
  @ApiProperty({ type: String, nullable: true, description: 'Null for the first.' }) from!: string | null;
  @ApiProperty({ enum: INSTRUCTION_STATES, enumName: 'InstructionState' }) to!: string;
  @ApiProperty() event!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

/** A hold that keeps something of its subject from being erased. */
export class ActiveHoldView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: EXCEPTION_GROUNDS, enumName: 'ExceptionGround' }) ground!: string;
  @ApiProperty({
    enum: ELEMENT_CODES,
    enumName: 'ElementCode',
    isArray: true,
    description: 'What is kept; everything when none are named.',
  })
  elements!: string[];
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it ends by itself.' })
  endsAt!: string | null;
}

/** Whom an instruction is about: a subject, or everybody. */
export class InstructionSubjectView {
  @ApiPropertyOptional({ format: 'uuid', description: 'Our id of the subject.' }) id?: string;
  @ApiPropertyOptional({ type: Boolean, enum: [true], description: 'Everything that is held for you.' })
  all?: true;
}

/** An instruction, as lists show it. */
export class InstructionSummaryView {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: INSTRUCTION_TYPES, enumName: 'InstructionType' }) type!: string;
  @ApiProperty({ enum: BASES, enumName: 'Basis' }) basis!: string;
  @ApiProperty({ enum: INSTRUCTION_STATES, enumName: 'InstructionState' }) state!: string;
  @ApiProperty({ description: 'Whether it has ended.' }) final!: boolean;
  @ApiProperty({ type: [String] }) flags!: string[];
  @ApiProperty({ description: 'Whether it is carried out before others.' }) urgent!: boolean;
  @ApiProperty({ type: InstructionSubjectView, nullable: true }) subject!: InstructionSubjectView | null;
  @ApiProperty({ format: 'date-time' }) acceptedAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'From here on no older copy of anything can be read.',
  })
  sealedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) unreadableAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When every store, read afresh, held nothing.',
  })
  erasedAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'By when no right guess of an identity can be confirmed from any copy any more.',
  })
  unguessableDueAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Since when it is so.' })
  unguessableAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Where the receipt is, once it has ended.' })
  receiptUrl!: string | null;
}

/** An instruction with its clocks, its progress and its history. */
export class InstructionView extends InstructionSummaryView {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'The agreement it rests on.' })
  agreementId!: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Who gave it; null for the registration of the credential itself.',
  })
  instructorId!: string | null;
  @ApiProperty({ description: 'The policy it is judged by.', example: '2026-11-23.1' })
  policyVersion!: string;
  @ApiProperty({ type: [DeadlineView] }) deadlines!: DeadlineView[];
  @ApiProperty({ type: [StepView] }) steps!: StepView[];
  @ApiProperty({ type: [TransitionView] }) history!: TransitionView[];
  @ApiProperty({
    enum: INSTRUCTION_ACTS,
    enumName: 'InstructionAct',
    isArray: true,
    description: 'What this caller may do with it now.',
    example: ['hold'],
  })
  allowedActs!: InstructionAct[];
  @ApiProperty({
    type: [ActiveHoldView],
    description: 'The active holds on its subject, shown to whoever may release them.',
  })
  holds!: ActiveHoldView[];
  @ApiPropertyOptional({
    type: PackageView,
    description: 'Of an EXPORT or a RETURN, as long as there is one.',
  })
  package?: PackageView;
  @ApiPropertyOptional({ type: TransferView, description: 'Of a RETURN, once its package is made.' })
  transfer?: TransferView;
  @ApiPropertyOptional({ enum: ['ALREADY_ERASED'], description: 'A repeat: this is the first instruction.' })
  code?: 'ALREADY_ERASED';
}

/** A page of instructions. */
export class InstructionPageView {
  @ApiProperty({ type: [InstructionSummaryView] }) items!: InstructionSummaryView[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

function subjectOf({ subjectId, wholeTenant }: Instruction): InstructionSubjectView | null {
  if (wholeTenant === true) return { all: true };
  return subjectId === null ? null : { id: subjectId };
}

/** Shows an instruction in a list. */
export const toSummaryView = (instruction: Instruction): InstructionSummaryView => ({
  id: instruction.id,
  type: instruction.type,
  basis: instruction.basis,
  state: instruction.state,
  final: isFinal(instruction.state),
  flags: [...instruction.flags],
  urgent: instruction.urgent,
  subject: subjectOf(instruction),
  acceptedAt: instruction.acceptedAt.toISOString(),
  finishedAt: iso(instruction.finishedAt),
  sealedAt: iso(instruction.sealedAt),
  unreadableAt: iso(instruction.unreadableAt),
  erasedAt: iso(instruction.erasedAt),
  unguessableDueAt: iso(instruction.unguessableDueAt),
  unguessableAt: iso(instruction.unguessableAt),
  receiptUrl: isFinal(instruction.state) ? `/v1/instructions/${instruction.id}/receipt` : null,
});

/** What one caller may do, and the holds that are shown to it. */
export type ShownTo = {
  readonly acts: readonly InstructionAct[];
  readonly holds: readonly Hold[];
  readonly stored?: StoredPackage | null;
};

/** Shows an instruction whole, to somebody who may do nothing with it unless it is said otherwise. */
export const toInstructionView = (
  { instruction, history, deadlines, steps, transfer }: View,
  { acts, holds, stored = null }: ShownTo = { acts: [], holds: [] },
): InstructionView => ({
  ...toSummaryView(instruction),
  agreementId: instruction.agreementId,
  instructorId: instruction.instructorId,
  policyVersion: instruction.policyVersion,
  deadlines: deadlines.map(({ code, dueAt, lateFrom, metAt }) => ({
    code,
    dueAt: dueAt.toISOString(),
    lateFrom: lateFrom.toISOString(),
    metAt: iso(metAt),
  })),
  steps: steps.map(({ name, state, done, total, bytes }) => ({ name, state, done, total, bytes })),
  history: history.map((move) => ({ ...move, at: move.at.toISOString() })),
  allowedActs: [...acts],
  ...(stored === null ? {} : { package: toPackageView(stored) }),
  ...(transfer === null ? {} : { transfer: toTransferView(transfer) }),
  holds: holds.map(({ id, ground, elements, endsAt }) => ({
    id,
    ground,
    elements: [...elements],
    endsAt: iso(endsAt),
  })),
});
