import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { type DomainError, isDomainError, safeError } from '@personr/kernel';
import { type AdmissionOutcome, AdmitSubjects } from '@personr/subjects';
import { type ClientCaller } from '../auth/caller.js';
import { batchesOf } from './batches.js';
import { ImportLimits } from './import-limits.js';
import { type BadLine, type GoodLine, LONGEST_LINE_BYTES, readLine } from './import-line.js';
import { foreseen, refusalOf, resultOf, Tally } from './import-result.js';
import { type LineResult } from './import.view.js';
import { inOrder } from './in-order.js';
import { LineSplitter } from './line-splitter.js';
import { readWhileWelcome } from './stream-reader.js';
import { Turns } from './turns.js';

type Line = GoodLine | BadLine;

/** What is sent, and whether its sender may still send. */
export type Incoming = {
  readonly chunks: AsyncIterable<Buffer>;
  readonly assertWelcome: () => Promise<void>;
};

/** Takes a stream of people in, a batch at a time, and answers line by line while it goes on. */
@Injectable()
export class ImportStream implements BeforeApplicationShutdown {
  private readonly logger = new Logger('import');
  private readonly closing = new AbortController();

  constructor(
    private readonly admitSubjects: AdmitSubjects,
    private readonly limits: ImportLimits,
  ) {}

  /** Lets streams end: each answers what it has begun and says that it is not complete. */
  beforeApplicationShutdown(): void {
    this.closing.abort();
  }

  /**
   * Yields NDJSON: a result for each line, in the order of the lines, then a summary. Reads on only while its
   * answers are taken. Throws nothing but what the source throws when the connection breaks.
   */
  async *run(caller: ClientCaller, incoming: Incoming): AsyncGenerator<string> {
    const tally = new Tally();
    const turns = new Turns();
    const batches = batchesOf(linesOf(this.welcome(incoming)), {
      items: this.limits.batchItems,
      bytes: this.limits.batchBytes,
      lingerMilliseconds: this.limits.lingerMilliseconds,
    });
    let why: DomainError | undefined;
    try {
      const act = (batch: readonly Line[]) => this.admit(caller, turns, batch);
      for await (const results of inOrder(batches, this.limits.batchesAtOnce, act)) {
        for (const result of results) tally.count(result);
        yield results.map((result) => `${JSON.stringify(result)}\n`).join('');
      }
    } catch (error) {
      if (!isDomainError(error)) throw error;
      why = error;
    }
    yield `${JSON.stringify({ summary: tally.summary(why) })}\n`;
  }

  private welcome({ chunks, assertWelcome }: Incoming): AsyncGenerator<Buffer> {
    const { idleMilliseconds } = this.limits;
    return readWhileWelcome(chunks, { idleMilliseconds, assertWelcome, closing: this.closing.signal });
  }

  /** Takes a batch in. A failure of the whole is the answer to each of its lines. */
  private async admit(caller: ClientCaller, turns: Turns, batch: readonly Line[]): Promise<LineResult[]> {
    const good = batch.filter((line): line is GoodLine => !('error' in line));
    const handles = good.flatMap((line) => line.handles);
    const outcomes = await turns.take(handles, () => this.outcomesOf(caller, good));
    return batch.map((line) => {
      if ('error' in line) return refusalOf(line);
      return resultOf(line, outcomes.get(line) ?? { ok: false, error: foreseen(undefined) });
    });
  }

  private async outcomesOf(
    caller: ClientCaller,
    lines: readonly GoodLine[],
  ): Promise<ReadonlyMap<GoodLine, AdmissionOutcome>> {
    try {
      const admissions = lines.map(({ admission }) => admission);
      const outcomes = lines.length === 0 ? [] : await this.admitSubjects.run(caller, admissions);
      return new Map(outcomes.flatMap((outcome, at) => (lines[at] ? [[lines[at], outcome]] : [])));
    } catch (error) {
      if (!isDomainError(error)) this.logger.error(JSON.stringify(safeError(error)));
      return new Map(lines.map((line) => [line, { ok: false, error: foreseen(error) }]));
    }
  }
}

/** Reads lines as their bytes come. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const splitter = new LineSplitter(LONGEST_LINE_BYTES);
  for await (const chunk of chunks) for (const raw of splitter.take(chunk)) yield readLine(raw);
  for (const raw of splitter.end()) yield readLine(raw);
}
