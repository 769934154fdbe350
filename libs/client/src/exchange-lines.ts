import { type AccessToken } from './access-token.js';
import { type ProblemCode } from './contract.js';
import { LineOutbox } from './line-outbox.js';
import { readNdjson, writeNdjson } from './ndjson.js';
import { PersonrProblem, problemOf } from './personr-problem.js';

/** How lines are sent. */
export type LineSending = {
  readonly baseUrl: string;
  readonly token: AccessToken;
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** Where lines are sent to, and how. */
export type LineRoute = LineSending & { readonly path: string };

type Numbered = { readonly line: number };
type Summary = {
  readonly complete: boolean;
  readonly code?: ProblemCode;
  readonly status?: number;
  readonly detail?: string;
};
type Answer<Result> = Result | { readonly summary: Summary };

const STREAMS_IN_VAIN = 5;
const PAUSE_MILLISECONDS = 200;
/** With these a stream ends, or is refused, that may go on in a new one. */
const PASSING: readonly number[] = [401, 408, 429, 500, 502, 503, 504];

/**
 * Sends lines as one exchange and yields what came of each, in order and numbered through, while they are sent. When
 * the stream ends early or breaks, it goes on in a new one with what had no answer: the keys of the lines see to it
 * that nothing is doubled. Throws `PersonrProblem` when it is refused, and whatever ended the last of five streams
 * in a row that got nowhere.
 */
export async function* exchangeLines<Line, Result extends Numbered>(
  lines: AsyncIterable<Line> | Iterable<Line>,
  route: LineRoute,
): AsyncGenerator<Result> {
  const outbox = new LineOutbox(lines);
  let answered = 0;
  let inVain = 0;
  for (;;) {
    const before = answered;
    const ended = { why: undefined as unknown };
    for await (const result of exchange<Line, Result>(outbox, route, ended)) {
      outbox.answered();
      yield { ...result, line: (answered += 1) };
    }
    if (outbox.isEmpty) return;
    inVain = answered > before ? 0 : inVain + 1;
    if (!isPassing(ended.why) || inVain === STREAMS_IN_VAIN) throw ended.why;
    await route.pause(PAUSE_MILLISECONDS * inVain);
  }
}

/** One stream. Yields results; why it ended before its end is left in `ended`. */
async function* exchange<Line, Result extends Numbered>(
  outbox: LineOutbox<Line>,
  route: LineRoute,
  ended: { why: unknown },
): AsyncGenerator<Result> {
  ended.why = new TypeError('the connection broke');
  try {
    const response = await open(outbox, route);
    const body = response.body as ReadableStream<Uint8Array>;
    for await (const answer of readNdjson<Answer<Result>>(body)) {
      if ('summary' in answer) ended.why = problemOfEnd(answer.summary, response);
      else yield answer;
    }
  } catch (error) {
    ended.why = outbox.failure ?? error;
  }
}

async function open<Line>(outbox: LineOutbox<Line>, route: LineRoute): Promise<Response> {
  const token = await route.token.get();
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson' },
    body: await writeNdjson(outbox.open()),
    duplex: 'half',
  };
  const response = await route.fetch(`${route.baseUrl}${route.path}`, init);
  if (response.ok) return response;
  if (response.status === 401) route.token.forget(token);
  throw problemOf(response, await response.json().catch(() => undefined));
}

function problemOfEnd(summary: Summary, { headers }: Response): PersonrProblem | undefined {
  const { complete, code, status, detail } = summary;
  if (complete || code === undefined) return undefined;
  const requestId = headers.get('x-request-id') ?? undefined;
  return new PersonrProblem({ code, status: status ?? 500, detail: detail ?? '', requestId });
}

/** A broken connection is a TypeError of the Fetch standard, known by its name: it may come from another realm. */
function isPassing(why: unknown): boolean {
  // What is too much for one stream goes into the next.
  if (why instanceof PersonrProblem) return PASSING.includes(why.status) || why.code === 'BATCH_TOO_LARGE';
  return (why as { name?: unknown } | null)?.name === 'TypeError';
}
