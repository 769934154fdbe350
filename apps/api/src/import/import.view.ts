import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { type ErrorCode } from '@personr/kernel';
import { INTAKE_PROBLEMS, MemberProblemView } from '../problem/problem.dto.js';
import { AdmittedView } from '../subjects/subjects.view.js';

const LINE = {
  type: 'integer' as const,
  minimum: 1,
  description: 'The number of the line, from 1; blank lines count.',
};
const CODE = 'What a program switches on. Never renamed, never reused.';
/** What a line can be refused for. */
const LINE_CODES = [
  'LINE_MALFORMED',
  'LINE_TOO_LONG',
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
  ...INTAKE_PROBLEMS,
  'SERVICE_UNAVAILABLE',
  'INTERNAL',
] as const satisfies ErrorCode[];
/** What a stream can be ended for before its end. */
const END_CODES = [
  'TOKEN_EXPIRED',
  'CREDENTIAL_INVALID',
  'STREAM_IDLE',
  'SERVICE_UNAVAILABLE',
  'INTERNAL',
] as const satisfies ErrorCode[];
const COUNT = { type: 'integer' as const, minimum: 0 };

/** A line that was taken. */
export class ImportedView extends AdmittedView {
  @ApiProperty(LINE) line!: number;
  @ApiProperty({
    type: 'integer',
    enum: [200, 201],
    description: '201: taken in. 200: known already; what was sent is added.',
  })
  status!: number;
  @ApiProperty({ description: 'Whether this repeats the answer to an earlier line of the same key.' })
  replayed!: boolean;
}

/** A line that was refused, as a problem document would say it. Nothing of it was taken. */
export class ImportRefusedView {
  @ApiProperty(LINE) line!: number;
  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 422 }) status!: number;
  @ApiProperty({ description: CODE, enum: LINE_CODES, example: 'CATEGORY_NOT_IN_NOTICE' }) code!: string;
  @ApiProperty({ example: 'The notice in force does not list this category.' }) detail!: string;
  @ApiPropertyOptional({ type: [MemberProblemView] }) errors?: MemberProblemView[];
}

/** What came of a line. */
export type LineResult = ImportedView | ImportRefusedView;

/** What came of the stream. */
@ApiSchema({ name: 'ImportSummaryView' })
export class ImportSummary {
  @ApiProperty({ description: 'Whether every line that was sent has been answered.' }) complete!: boolean;
  @ApiProperty({ ...COUNT, description: 'How many lines were answered.' }) lines!: number;
  @ApiProperty({ ...COUNT, description: 'Taken in.' }) created!: number;
  @ApiProperty({ ...COUNT, description: 'Known already, and added to.' }) updated!: number;
  @ApiProperty({ ...COUNT, description: 'Answered as an earlier line of the same key was.' })
  replayed!: number;
  @ApiProperty({ ...COUNT, description: 'Refused.' }) refused!: number;
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 400,
    maximum: 599,
    description: 'When not complete: why.',
  })
  status?: number;
  @ApiPropertyOptional({ description: CODE, enum: END_CODES, example: 'TOKEN_EXPIRED' }) code?: string;
  @ApiPropertyOptional() detail?: string;
}

/** The last line of the answer. Without it the connection broke. */
export class ImportSummaryLine {
  @ApiProperty({ type: ImportSummary }) summary!: ImportSummary;
}
