import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { INSTRUCTION_STATES } from '@personr/instruction';
import { CODE, COUNT, END_CODES, LINE, LINE_FAILURES, LINE_PROBLEMS } from '../exchange/line.view.js';
import { KEY_PROBLEMS, MemberProblemView, VAULT_PROBLEMS } from '../problem/problem.dto.js';
import { ORDER_PROBLEMS } from './order-problems.js';

/** What a line can be refused for. */
const LINE_CODES = [
  ...LINE_PROBLEMS,
  ...KEY_PROBLEMS,
  ...VAULT_PROBLEMS,
  ...ORDER_PROBLEMS,
  'ID_MALFORMED',
  'INSTRUCTION_NOT_FOUND',
  ...LINE_FAILURES,
];

/** An order that was taken in. */
export class BatchAcceptedView {
  @ApiProperty(LINE) line!: number;
  @ApiProperty({
    type: 'integer',
    enum: [200, 202],
    description: '202: accepted. 200: the subject is erased already; this is the instruction that erased it.',
  })
  status!: number;
  @ApiProperty({ format: 'uuid', description: 'Our id of the instruction.' }) id!: string;
  @ApiProperty({ enum: INSTRUCTION_STATES, enumName: 'InstructionState' }) state!: string;
  @ApiProperty({ description: 'Whether this repeats the answer to an earlier line of the same key.' })
  replayed!: boolean;
  @ApiPropertyOptional({ enum: ['ALREADY_ERASED'], description: 'A repeat: this is the first instruction.' })
  code?: 'ALREADY_ERASED';
}

/** An order that was refused, as a problem document would say it. Nothing of it was taken but an entry in your log. */
export class BatchRefusedView {
  @ApiProperty(LINE) line!: number;
  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 409 }) status!: number;
  @ApiProperty({ description: CODE, enum: LINE_CODES, example: 'NOT_VERIFIED' }) code!: string;
  @ApiProperty({ example: 'The consumer’s identity was not verified.' }) detail!: string;
  @ApiPropertyOptional({ type: [MemberProblemView] }) errors?: MemberProblemView[];
}

/** What came of a line. */
export type BatchResult = BatchAcceptedView | BatchRefusedView;

/** What came of the batch. */
@ApiSchema({ name: 'BatchSummaryView' })
export class BatchSummary {
  @ApiProperty({ description: 'Whether every line that was sent has been answered.' }) complete!: boolean;
  @ApiProperty({ ...COUNT, description: 'How many lines were answered.' }) lines!: number;
  @ApiProperty({ ...COUNT, description: 'Taken in.' }) accepted!: number;
  @ApiProperty({ ...COUNT, description: 'About subjects that were erased already.' }) alreadyErased!: number;
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
  @ApiPropertyOptional({
    description: CODE,
    enum: [...END_CODES, 'BATCH_TOO_LARGE', 'DIGEST_MISMATCH'],
    example: 'TOKEN_EXPIRED',
  })
  code?: string;
  @ApiPropertyOptional() detail?: string;
}

/** The last line of the answer. Without it the connection broke. */
export class BatchSummaryLine {
  @ApiProperty({ type: BatchSummary }) summary!: BatchSummary;
}
