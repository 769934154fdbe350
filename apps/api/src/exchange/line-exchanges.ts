import { type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { type LongRequest } from '@personr/idempotency';
import { Clock } from '@personr/kernel';
import { type FastifyReply } from 'fastify';
import { type CallerRequest } from '../auth/caller.js';
import { StillGranted } from '../auth/still-granted.js';
import { NDJSON } from '../http/takes-stream.js';
import { digested } from './digested.js';
import { answerLines, type LineExchange } from './line-exchange.js';
import { readWhileWelcome } from './stream-reader.js';

/** How often a place is kept: three times before it would end. */
const KEEP_MILLISECONDS = 5_000;

/** Answers a stream of lines by a stream of lines, while it goes on. */
@Injectable()
export class LineExchanges implements BeforeApplicationShutdown {
  private readonly closing = new AbortController();

  constructor(
    private readonly stillGranted: StillGranted,
    private readonly clock: Clock,
  ) {}

  /** Lets streams end: each answers what it has begun and says that it is not complete. */
  beforeApplicationShutdown(): void {
    this.closing.abort();
  }

  /** Answers line by line until the stream ends, its token does, its sender falls silent, or this process is about to end. */
  answer<Line extends { readonly size: number }, Result>(
    request: CallerRequest,
    reply: FastifyReply,
    exchange: LineExchange<Line, Result>,
  ): void {
    const { idleMilliseconds, stalledMilliseconds, welcomeMilliseconds } = exchange.limits;
    const body = request.body as IncomingMessage;
    // Left open at an early end: the answer to it still has to go out on the same connection.
    const chunks = readWhileWelcome(body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>, {
      idleMilliseconds,
      assertWelcome: this.welcome(request, welcomeMilliseconds),
      closing: this.closing.signal,
    });
    reply.raw.setTimeout(stalledMilliseconds, () => reply.raw.destroy());
    const whole = digested(chunks, exchange.sha256 ?? null);
    const lines = Readable.from(begunAtOnce(reply, answerLines(whole, exchange)), { objectMode: false });
    holdMeanwhile(exchange.held ?? null, lines);
    void reply.header('Content-Type', NDJSON).send(lines);
  }

  /** Asks whether the caller still is welcome, every so often. */
  private welcome(request: CallerRequest, everyMilliseconds: number): () => Promise<void> {
    let askedAt = this.clock.now().getTime();
    return async () => {
      const now = this.clock.now().getTime();
      if (now - askedAt < everyMilliseconds) return;
      askedAt = now;
      await this.stillGranted.assert(request);
    };
  }
}

/** Sends the headers before there is a line, so that the sender knows that it was let in. */
async function* begunAtOnce(reply: FastifyReply, lines: AsyncGenerator<string>): AsyncGenerator<string> {
  reply.raw.flushHeaders();
  yield* lines;
}

/**
 * Keeps the place of what is answered until it has been, or nobody listens any more; also where nobody began to listen.
 * What is not kept ends by itself.
 */
function holdMeanwhile(held: LongRequest | null, answer: Readable): void {
  if (held === null) return;
  let kept = Promise.resolve();
  const keeping = setInterval(() => {
    kept = held.keep().catch(() => undefined);
  }, KEEP_MILLISECONDS);
  answer.once('close', () => {
    clearInterval(keeping);
    // A place that is just being kept would be taken again behind its end.
    void kept.then(() => held.end()).catch(() => undefined);
  });
}
