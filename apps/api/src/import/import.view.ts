import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { CODE, COUNT, END_CODES, LINE, LINE_FAILURES, LINE_PROBLEMS } from '../exchange/line.view.js';
import { INTAKE_PROBLEMS, MemberProblemView } from '../problem/problem.dto.js';
import { AdmittedView } from '../subjects/subjects.view.js';

/** What a line can be refused for. */
const LINE_CODES = [...LINE_PROBLEMS, ...INTAKE_PROBLEMS, ...LINE_FAILURES];

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
