import { STATUS_CODES } from 'node:http';
import { type ErrorCode } from '@personr/kernel';
import { PROBLEM_STATUS } from './problem-status.js';

/** One member of a body that was refused: where it is (RFC 6901), and why. Never what was sent. */
export type MemberProblem = { readonly pointer: string; readonly code: string; readonly message: string };

/** A problem document (RFC 9457). `code` is what a program switches on; `detail` is for the person who reads it. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly instance: string;
  readonly errors?: readonly MemberProblem[];
};

/** Writes the problem document for a code. `instance` is a URN of the request id. */
export function problemOf(
  code: ErrorCode,
  { detail, requestId, errors }: { detail: string; requestId: string; errors?: readonly MemberProblem[] },
): Problem {
  const status = PROBLEM_STATUS[code];
  return {
    type: `urn:personr:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    instance: `urn:uuid:${requestId}`,
    ...(errors === undefined ? {} : { errors }),
  };
}
