import { type Case } from './bad-case.js';
import { type Contract } from './bad-document.js';
import { MARKER } from './bad-requests.js';
import { HANGS, type WireAnswer } from './bad-wire.js';

type Problem = {
  readonly code?: string;
  readonly status?: number;
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[];
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const POINTED = ['VALIDATION_FAILED', 'UNKNOWN_MEMBER'];
const SUCCESS_THAT_STREAMS = /ndjson|event-stream/;

/** Says what is wrong with an answer to a case; null when it is as it must be. */
export function faultOf(
  contract: Contract,
  one: Case,
  answer: WireAnswer | null | typeof HANGS,
): string | null {
  if (answer === HANGS) return 'neither an answer nor an end';
  if (answer === null) return one.verdict === 'CLOSED' ? null : 'closed without an answer';
  if (answer.status >= 500) return `${answer.status} ${codeOf(answer)}`;
  return answer.status < 400 ? faultOfSuccess(one, answer) : faultOfRefusal(contract, one, answer);
}

/** The code of a problem document; nothing of anything else. */
export const codeOf = ({ text }: WireAnswer): string => problemIn(text)?.code ?? '';

function problemIn(text: string): Problem | null {
  try {
    return JSON.parse(text) as Problem | null;
  } catch {
    return null;
  }
}

function faultOfSuccess({ verdict, badLines }: Case, { status, headers, text }: WireAnswer): string | null {
  if (badLines !== undefined) return faultOfLines(badLines, text);
  if (SUCCESS_THAT_STREAMS.test(headers['content-type'] ?? '')) return null;
  if (verdict !== 'EITHER') return `${status} for what must be refused`;
  return faultOfRequestId(headers);
}

/** Why a line is refused for how it is written; for what it asks, a good one may be refused too. */
const OF_SHAPE = new Set([
  'LINE_MALFORMED',
  'LINE_TOO_LONG',
  'VALIDATION_FAILED',
  'UNKNOWN_MEMBER',
  'IDEMPOTENCY_KEY_MALFORMED',
  'JSON_NOT_CANONICAL',
]);

/** Each line is answered by a line; a bad one is refused for its shape, those beside it are not. */
function faultOfLines(badLines: readonly boolean[], text: string): string | null {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => problemIn(line));
  const refused = badLines.map((_, at) => OF_SHAPE.has(lines[at]?.code ?? ''));
  if (lines.some((line) => (line?.status ?? 0) >= 500)) return 'a line is answered by a failure of ours';
  if (holdsMarker(text)) return 'quotes what was sent';
  if (lines.length !== badLines.length + 1) return `${lines.length - 1} lines answer ${badLines.length}`;
  return refused.join() === badLines.join() ? null : `refuses ${refused.join()} and not ${badLines.join()}`;
}

const faultOfRequestId = (headers: WireAnswer['headers']): string | null =>
  UUID.test(headers['x-request-id'] ?? '') ? null : 'no X-Request-Id of ours';

function faultOfRefusal(contract: Contract, one: Case, answer: WireAnswer): string | null {
  const problem = problemIn(answer.text);
  return (
    faultOfShape(contract, answer, problem) ??
    (quotes(answer) ? 'quotes what was sent' : null) ??
    faultOfRequestId(answer.headers) ??
    undeclared(contract, one, answer) ??
    faultOfPointers(one, problem)
  );
}

function faultOfShape(
  contract: Contract,
  { status, headers }: WireAnswer,
  problem: Problem | null,
): string | null {
  if (!headers['content-type']?.startsWith('application/problem+json')) {
    return `${status} that is no problem document`;
  }
  const isProblem = contract.isProblem(problem) && problem?.status === status;
  return isProblem ? null : 'a problem document of another shape';
}

function undeclared(
  contract: Contract,
  { operation, codes = [], code: wanted }: Case,
  answer: WireAnswer,
): string | null {
  if (wanted !== undefined && wanted !== codeOf(answer)) return `${codeOf(answer)} and not ${wanted}`;
  if (codes.includes(codeOf(answer))) return null;
  const wrong = contract.wrongWith(operation, answer.status, problemIn(answer.text));
  return wrong === null ? null : `${codeOf(answer)} is not declared: ${wrong}`;
}

/** One thing is wrong, so all that is pointed at is there or below. */
function faultOfPointers({ pointer }: Case, problem: Problem | null): string | null {
  const { code = '', errors = [] } = problem ?? {};
  if (!POINTED.includes(code)) return null;
  if (!errors.every(({ message }) => SENTENCE.test(message))) {
    return `a message that is no sentence: ${errors.map(({ message }) => message).join(' | ')}`;
  }
  return pointer === undefined || isAt(pointer, errors)
    ? null
    : `points at ${JSON.stringify(errors.map(({ pointer: at }) => at))} and not at ${JSON.stringify(pointer)}`;
}

const isAt = (pointer: string, errors: readonly { readonly pointer: string }[]): boolean =>
  errors.length > 0 && errors.every(({ pointer: at }) => at === pointer || at.startsWith(`${pointer}/`));

/** Ours; class-validator's own begin with the name of the member. */
const SENTENCE = /^[A-Z][^\n]*\.$|^\w+ (must|is|are) [^\n]*$/;

const quotes = ({ text, headers }: WireAnswer): boolean =>
  holdsMarker(text) || holdsMarker(JSON.stringify(headers));

/** Six characters of it in a row: who quotes a few characters around an error quotes too. */
const PIECES = [0, 1, 2, 3].map((at) => MARKER.slice(at, at + 6).toLowerCase());

/** Whether something holds a piece of what stands in every value that is sent. */
export const holdsMarker = (text: string): boolean => {
  const lower = text.toLowerCase();
  return PIECES.some((piece) => lower.includes(piece));
};
