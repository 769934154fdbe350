import { type ProblemCode } from './contract.js';

/** `UNREADABLE_ANSWER`: what answered was not the api; a proxy on the way, for instance. */
export type PersonrCode = ProblemCode | 'UNREADABLE_ANSWER';

/** An answer that says no (RFC 9457). `code` is what a program switches on, `detail` is for people. */
export class PersonrProblem extends Error {
  readonly code: PersonrCode;
  readonly status: number;
  readonly detail: string;

  /** What support asks for; undefined when the api did not answer. */
  readonly requestId: string | undefined;

  constructor(problem: { code: PersonrCode; status: number; detail: string; requestId: string | undefined }) {
    super(`${problem.code} (${problem.status}): ${problem.detail}`);
    this.name = 'PersonrProblem';
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.requestId = problem.requestId;
  }
}

/** Makes the problem of an answer from what it said. `said` is its body, parsed where it could be. */
export function problemOf(response: Response, said: unknown): PersonrProblem {
  const requestId = response.headers.get('x-request-id') ?? undefined;
  const { code, detail } = (said ?? {}) as { code?: unknown; detail?: unknown };
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  if (isProblem && typeof code === 'string' && typeof detail === 'string') {
    return new PersonrProblem({ code: code as ProblemCode, status: response.status, detail, requestId });
  }
  return new PersonrProblem({
    code: 'UNREADABLE_ANSWER',
    status: response.status,
    detail: 'The answer is not one of the api. Is the base URL right?',
    requestId,
  });
}
