import { type IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { DomainError } from '@personr/kernel';
import { type Pace, paceOf } from './body-deadlines.js';
import { wantBody } from './expect-continue.js';

/**
 * The bytes of a body as they come, however long that takes; a sender that waits to be asked for them is. Throws
 * `BODY_STALLED` when they come slower than `paceOf` says while they are waited for, and `BODY_INCOMPLETE` when the
 * connection ends before the body does, or brings more than was announced.
 */
export async function* bodyStream(raw: IncomingMessage): AsyncIterable<Uint8Array> {
  const pieces = raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const patience = new Patience(paceOf(raw));
  wantBody(raw);
  try {
    for (;;) {
      const next = await patience.with(pieces.next()).catch((error: unknown) => {
        throw error instanceof DomainError ? error : incomplete();
      });
      if (next.done === true) break;
      patience.judge(next.value.length);
      yield next.value;
    }
  } finally {
    patience.end();
  }
  // What follows a body that is longer than announced breaks the connection as soon as it is read.
  await setImmediate();
  if (!raw.complete || raw.socket.destroyed) throw incomplete();
}

/** Waits for pieces, but not for ever. One timer serves for all that are waited for, one after the other. */
class Patience {
  private readonly timer: NodeJS.Timeout;
  private giveUp: ((error: Error) => void) | undefined;
  /** Of the window that is open. */
  private waitedMilliseconds = 0;
  private bytes = 0;

  constructor(private readonly pace: Pace) {
    this.timer = setTimeout(() => this.giveUp?.(stalled()), pace.idleMilliseconds);
  }

  with<T>(promise: Promise<T>): Promise<T> {
    this.timer.refresh();
    const beganAt = performance.now();
    return new Promise<T>((resolve, reject) => {
      this.giveUp = reject;
      promise.then(resolve, reject);
    }).finally(() => {
      this.giveUp = undefined;
      this.waitedMilliseconds += performance.now() - beganAt;
    });
  }

  /** Throws when a window has passed with too few bytes. */
  judge(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes < this.pace.leastBytes) {
      if (this.waitedMilliseconds > this.pace.windowMilliseconds) throw stalled();
      return;
    }
    this.bytes = 0;
    this.waitedMilliseconds = 0;
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

const stalled = (): DomainError =>
  new DomainError('BODY_STALLED', 'The body stopped coming, or came too slowly.');

const incomplete = (): DomainError =>
  new DomainError('BODY_INCOMPLETE', 'The body is not as long as was announced: it broke off, or goes on.');
