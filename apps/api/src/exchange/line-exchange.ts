import { type LongRequest } from '@personr/idempotency';
import { DomainError, isDomainError } from '@personr/kernel';
import { batchesOf } from './batches.js';
import { type ExchangeLimits } from './exchange-limits.js';
import { inOrder } from './in-order.js';
import { LONGEST_LINE_BYTES } from './line.js';
import { LineSplitter, type RawLine } from './line-splitter.js';

/** How a line is read, what is done with lines by the batch, and how the whole is summed up. */
export type LineExchange<Line extends { readonly size: number }, Result> = {
  readonly limits: ExchangeLimits;
  /** What the whole was announced to be, if it was. */
  readonly sha256?: Uint8Array | null;
  /** The place of the whole, which is kept while it is answered and given free at its end, whatever that is. */
  readonly held?: LongRequest | null;
  readonly readLine: (raw: RawLine) => Line;
  /** Answers each line of a batch, in order. Must not fail. */
  readonly act: (batch: readonly Line[]) => Promise<readonly Result[]>;
  readonly tally: {
    count(result: Result): void;
    /** The last line: what came of the whole, and why it was ended before its end, if it was. */
    summary(why: DomainError | undefined): object;
  };
};

/**
 * Yields NDJSON: a result for each line, in the order of the lines, then a summary. Reads on only while its answers
 * are taken, and ends early, with a summary that says why, on whatever of ours the source throws. Throws nothing but
 * what else the source throws, as when the connection breaks.
 */
export async function* answerLines<Line extends { readonly size: number }, Result>(
  chunks: AsyncIterable<Buffer>,
  { limits, readLine, act, tally }: LineExchange<Line, Result>,
): AsyncGenerator<string> {
  const batches = batchesOf(noMore(linesOf(chunks, readLine), limits), {
    items: limits.batchItems,
    bytes: limits.batchBytes,
    lingerMilliseconds: limits.lingerMilliseconds,
  });
  let why: DomainError | undefined;
  try {
    for await (const results of inOrder(batches, limits.batchesAtOnce, act)) {
      for (const result of results) tally.count(result);
      yield results.map((result) => `${JSON.stringify(result)}\n`).join('');
    }
  } catch (error) {
    if (!isDomainError(error)) throw error;
    why = error;
  }
  yield `${JSON.stringify(tally.summary(why))}\n`;
}

/** The lines, as many as may be; then throws `BATCH_TOO_LARGE` if there is another. */
async function* noMore<Line>(
  lines: AsyncGenerator<Line>,
  { mostLines = Infinity }: ExchangeLimits,
): AsyncGenerator<Line> {
  let count = 0;
  for await (const line of lines) {
    count += 1;
    if (count > mostLines) throw tooMany(mostLines);
    yield line;
  }
}

const tooMany = (most: number): DomainError =>
  new DomainError(
    'BATCH_TOO_LARGE',
    `A batch is ${most.toLocaleString('en')} lines at most. Send the rest as another.`,
  );

/** Reads lines as their bytes come. */
async function* linesOf<Line>(
  chunks: AsyncIterable<Buffer>,
  readLine: (raw: RawLine) => Line,
): AsyncGenerator<Line> {
  const splitter = new LineSplitter(LONGEST_LINE_BYTES);
  for await (const chunk of chunks) for (const raw of splitter.take(chunk)) yield readLine(raw);
  for (const raw of splitter.end()) yield readLine(raw);
}
