import { STATUS_CODES } from 'node:http';
import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  type ApiResponseOptions,
  getSchemaPath,
} from '@nestjs/swagger';
import { type ErrorCode } from '@personr/kernel';
import { PROBLEM_STATUS } from './problem-status.js';

/** One refused member, as the contract shows it. */
export class MemberProblemView {
  @ApiProperty({ description: 'JSON pointer (RFC 6901).', example: '/records/0/element' }) pointer!: string;
  @ApiProperty({ description: 'The rule that was broken.', example: 'matches' }) code!: string;
  @ApiProperty({ description: 'What the member must be. Never what was sent.' }) message!: string;
}

/** A problem document (RFC 9457), as the contract shows it. */
export class ProblemView {
  @ApiProperty({ example: 'urn:personr:problem:subject-not-found' }) type!: string;
  @ApiProperty({ example: 'Not Found' }) title!: string;
  @ApiProperty({ type: 'integer', example: 404 }) status!: number;
  @ApiProperty({
    enum: Object.keys(PROBLEM_STATUS),
    enumName: 'ProblemCode',
    description: 'What a program switches on. Never renamed, never reused.',
    example: 'SUBJECT_NOT_FOUND',
  })
  code!: string;
  @ApiProperty({ example: 'There is no such subject.' }) detail!: string;
  @ApiProperty({ description: 'The request id, as a URN.' }) instance!: string;
  @ApiPropertyOptional({ type: [MemberProblemView] }) errors?: MemberProblemView[];
}

/** What every route can answer that needs a token. */
export const TOKEN_PROBLEMS = [
  'CREDENTIAL_MISSING',
  'CREDENTIAL_INVALID',
  'TOKEN_EXPIRED',
  'SCOPE_MISSING',
  'RATE_LIMITED',
] as const satisfies ErrorCode[];

/** What every route can answer that takes a body. */
export const BODY_PROBLEMS = [
  'BODY_MALFORMED',
  'BODY_TOO_LARGE',
  'CONTENT_TYPE_UNSUPPORTED',
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
] as const satisfies ErrorCode[];

/** What every list can answer. */
export const LIST_PROBLEMS = [
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
  'CURSOR_MALFORMED',
] as const satisfies ErrorCode[];

/** What every route can answer that takes an `Idempotency-Key`. */
export const KEY_PROBLEMS = [
  'IDEMPOTENCY_KEY_MALFORMED',
  'IDEMPOTENCY_CONFLICT',
  'IDEMPOTENCY_IN_PROGRESS',
] as const satisfies ErrorCode[];

/** What every route can answer that seals or opens values. */
export const VAULT_PROBLEMS = [
  'KEYRING_INCOMPLETE',
  'KEYRING_UNSAFE',
  'KEY_STORE_STALE',
] as const satisfies ErrorCode[];

/** What every route can answer that takes values in. */
export const INTAKE_PROBLEMS = [
  ...KEY_PROBLEMS,
  ...VAULT_PROBLEMS,
  'ELEMENT_UNKNOWN',
  'CATEGORY_NOT_IN_NOTICE',
  'PURPOSE_NOT_IN_NOTICE',
  'PURPOSE_NOT_PERMITTED',
  'AGREEMENT_NOT_IN_FORCE',
  'TENANT_LEAVING',
  'CONSENT_MISSING',
  'CONSENT_NOT_FOUND',
  'CONSENT_WITHDRAWN',
  'CONSENT_IN_FUTURE',
  'ROLE_NOT_OF_TENANT',
  'SUBJECT_NOT_FOUND',
  'SUBJECT_BEING_ERASED',
  'KEY_SHREDDED',
] as const satisfies ErrorCode[];

/** What every route can answer that places a hold. */
export const HOLD_PROBLEMS = [
  'ELEMENT_UNKNOWN',
  'EXCEPTION_GROUND_UNKNOWN',
  'EXCEPTION_SCOPE_TOO_WIDE',
  'HOLD_TERM_INVALID',
  'ALREADY_ERASED',
] as const satisfies ErrorCode[];

const ALWAYS = ['INTERNAL', 'SERVICE_UNAVAILABLE', 'RESTORE_REPLAY_PENDING'] as const satisfies ErrorCode[];

/** Says in the contract, status by status, with which problem codes a route can answer. */
export function ApiProblems(...codes: ErrorCode[]): MethodDecorator {
  const all = [...new Set([...codes, ...ALWAYS])];
  const statuses = new Set(all.map((code) => PROBLEM_STATUS[code]));
  const responses = [...statuses].map((status) =>
    ApiResponse(
      responseOf(
        status,
        all.filter((code) => PROBLEM_STATUS[code] === status),
      ),
    ),
  );
  return applyDecorators(ApiExtraModels(ProblemView), ...responses);
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds.', schema: { type: 'integer' as const } },
};
const CHALLENGE = { 'WWW-Authenticate': { schema: { type: 'string' as const } } };

const headersOf = (status: number, codes: readonly ErrorCode[]) => ({
  ...(codes.includes('NOT_FINISHED') ? RETRY_AFTER : {}),
  ...(status === 401 ? CHALLENGE : {}),
});

const responseOf = (status: number, codes: readonly ErrorCode[]): ApiResponseOptions => ({
  status,
  description: `${STATUS_CODES[status] ?? 'Error'}: ${codes.join(', ')}`,
  headers: headersOf(status, codes),
  content: {
    'application/problem+json': {
      schema: {
        allOf: [
          { $ref: getSchemaPath(ProblemView) },
          { type: 'object', required: ['code'], properties: { code: { type: 'string', enum: [...codes] } } },
        ],
      },
    },
  },
});
