import { DomainError, isDomainError } from '@personr/kernel';
import { type MemberProblem } from '../problem/problem.js';
import { PROBLEM_STATUS } from '../problem/problem-status.js';
import { ValidationRefused } from '../problem/validation-refused.js';
import { type BadLine } from './line.js';

/** What is answered for a line that was refused: what a problem document would say, by the number of the line. */
export type LineRefusal = {
  readonly line: number;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: MemberProblem[];
};

/** Says of a line why it was refused. */
export const refusalOf = ({ number: line, error }: Pick<BadLine, 'number' | 'error'>): LineRefusal => ({
  line,
  status: PROBLEM_STATUS[error.code],
  code: error.code,
  detail: error.message,
  ...(error instanceof ValidationRefused ? { errors: [...error.errors] } : {}),
});

/** Says why a stream was ended before its end; nothing of one that came to it. */
export const endedBy = (why: DomainError | undefined) =>
  why === undefined
    ? { complete: true }
    : { complete: false, status: PROBLEM_STATUS[why.code], code: why.code, detail: why.message };

/** What an unforeseen failure becomes outside: it says nothing, and that the line may be sent again. */
export const foreseen = (error: unknown): DomainError =>
  isDomainError(error)
    ? error
    : new DomainError('INTERNAL', 'Something went wrong on our side. Sending the line again is safe.');
