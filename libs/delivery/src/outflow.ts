import { createHash, type Hash } from 'node:crypto';
import { DeliveryFailure } from './delivery-failure.js';

// What is given out at once: so much must be taken in the time that an endpoint has for the next.
const PIECE_BYTES = 64 * 1024;

/**
 * Bytes on their way to an endpoint: counted, hashed, in small pieces, and watched. `signal` aborts with `SLOW` when a piece,
 * or the answer after the last one, takes longer than the patience there is. The time in which the source makes us wait
 * is not the endpoint's.
 */
export class Outflow {
  private readonly hash: Hash = createHash('sha256');
  private readonly slow = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private count = 0;
  private broken: { readonly error: unknown } | undefined;

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly patienceMilliseconds: number,
  ) {}

  /** How many bytes were given out. */
  get bytes(): number {
    return this.count;
  }

  /** Aborts when the endpoint takes too long. */
  get signal(): AbortSignal {
    return this.slow.signal;
  }

  /** What the source itself failed with, if it did: that is nobody's fault but ours. */
  get failure(): { readonly error: unknown } | undefined {
    return this.broken;
  }

  /** The digest of all that was given out, in hex. Once. */
  sha256(): string {
    return this.hash.digest('hex');
  }

  /** Gives the bytes out, once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    this.rest();
    for await (const chunk of this.noting()) {
      for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
        // A copy: the source may overwrite its piece, and an endpoint may still be sending it.
        const piece = Buffer.from(chunk.subarray(from, from + PIECE_BYTES));
        this.hash.update(piece);
        this.count += piece.length;
        this.expect();
        yield piece;
        this.rest();
      }
    }
    this.expect();
  }

  /** What is thrown into the generator above, by whoever takes from it, never gets here. */
  private async *noting(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.source) yield chunk;
    } catch (error) {
      this.broken = { error };
      throw error;
    }
  }

  /** Begins to wait for the endpoint. */
  expect(): void {
    this.rest();
    this.timer = setTimeout(() => {
      this.slow.abort(new DeliveryFailure('SLOW'));
    }, this.patienceMilliseconds);
  }

  /** Gives the delivery up for another reason. */
  giveUp(reason: unknown): void {
    this.slow.abort(reason);
  }

  /** Ends waiting for the endpoint. */
  rest(): void {
    clearTimeout(this.timer);
  }
}
