import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { PROBLEM_STATUS } from './problem-status.js';

/** One refused member, as the contract shows it. */
export class MemberProblemView {
  @ApiProperty({ description: 'JSON pointer (RFC 6901).', example: '/records/0/element' }) pointer!: string;
  @ApiProperty() code!: string;
  @ApiProperty() message!: string;
}

/** A problem document (RFC 9457), as the contract shows it. */
export class ProblemView {
  @ApiProperty({ example: 'urn:personr:problem:subject-not-found' }) type!: string;
  @ApiProperty({ example: 'Not Found' }) title!: string;
  @ApiProperty({ example: 404 }) status!: number;
  @ApiProperty({ enum: Object.keys(PROBLEM_STATUS), example: 'SUBJECT_NOT_FOUND' }) code!: string;
  @ApiProperty({ example: 'There is no such subject.' }) detail!: string;
  @ApiProperty({ description: 'The request id, as a URN.' }) instance!: string;
  @ApiPropertyOptional({ type: [MemberProblemView] }) errors?: MemberProblemView[];
}

/** Says in the contract which problems a route can answer with. */
export const ApiProblems = (...statuses: number[]): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(ProblemView),
    ...statuses.map((status) =>
      ApiResponse({
        status,
        description: STATUS_CODES[status] ?? '',
        content: { 'application/problem+json': { schema: { $ref: getSchemaPath(ProblemView) } } },
      }),
    ),
  );
