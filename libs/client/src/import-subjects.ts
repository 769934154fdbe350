import { type AccessToken } from './access-token.js';
import { type ImportLine, type ImportResult, type ImportSummary } from './contract.js';
import { ImportOutbox } from './import-outbox.js';
import { readNdjson, writeNdjson } from './ndjson.js';
import { PersonrProblem, problemOf } from './personr-problem.js';

/** How an import is sent. */
export type ImportSending = {
  readonly baseUrl: string;
  readonly token: AccessToken;
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<void>;
};

type Answer = ImportResult | { readonly summary: ImportSummary };

const STREAMS_IN_VAIN = 5;
const PAUSE_MILLISECONDS = 200;
/** With these a stream ends, or is refused, that may go on in a new one. */
const PASSING: readonly number[] = [401, 408, 429, 500, 502, 503, 504];

/**
 * Sends lines as an import and yields what came of each, in order and numbered through, while they are sent. When
 * the stream ends early or breaks, it goes on in a new one with what had no answer: the keys of the lines see to it
 * that nothing is doubled. Throws `PersonrProblem` when it is refused, and whatever ended the last of five streams
 * in a row that got nowhere.
 */
export async function* importSubjects(
  lines: AsyncIterable<ImportLine> | Iterable<ImportLine>,
  sending: ImportSending,
): AsyncGenerator<ImportResult> {
  const outbox = new ImportOutbox(lines);
  let answered = 0;
  let inVain = 0;
  for (;;) {
    const before = answered;
    const ended = { why: undefined as unknown };
    for await (const result of exchange(outbox, sending, ended)) {
      outbox.answered();
      yield { ...result, line: (answered += 1) };
    }
    if (outbox.isEmpty) return;
    inVain = answered > before ? 0 : inVain + 1;
    if (!isPassing(ended.why) || inVain === STREAMS_IN_VAIN) throw ended.why;
    await sending.pause(PAUSE_MILLISECONDS * inVain);
  }
}

/** One stream. Yields results; why it ended before its end is left in `ended`. */
async function* exchange(
  outbox: ImportOutbox<ImportLine>,
  sending: ImportSending,
  ended: { why: unknown },
): AsyncGenerator<ImportResult> {
  ended.why = new TypeError('the connection broke');
  try {
    const response = await open(outbox, sending);
    const body = response.body as ReadableStream<Uint8Array>;
    for await (const answer of readNdjson<Answer>(body)) {
      if ('summary' in answer) ended.why = problemOfEnd(answer.summary, response);
      else yield answer;
    }
  } catch (error) {
    ended.why = outbox.failure ?? error;
  }
}

async function open(outbox: ImportOutbox<ImportLine>, sending: ImportSending): Promise<Response> {
  const token = await sending.token.get();
  const init: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson' },
    body: await writeNdjson(outbox.open()),
    duplex: 'half',
  };
  const response = await sending.fetch(`${sending.baseUrl}/v1/subjects/import`, init);
  if (response.ok) return response;
  if (response.status === 401) sending.token.forget(token);
  throw problemOf(response, await response.json().catch(() => undefined));
}

function problemOfEnd(summary: ImportSummary, { headers }: Response): PersonrProblem | undefined {
  const { complete, code, status, detail } = summary;
  if (complete || code === undefined) return undefined;
  const requestId = headers.get('x-request-id') ?? undefined;
  return new PersonrProblem({ code, status: status ?? 500, detail: detail ?? '', requestId });
}

/** A broken connection is a TypeError of the Fetch standard, known by its name: it may come from another realm. */
function isPassing(why: unknown): boolean {
  if (why instanceof PersonrProblem) return PASSING.includes(why.status);
  return (why as { name?: unknown } | null)?.name === 'TypeError';
}
