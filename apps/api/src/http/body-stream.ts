import { type IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { DomainError } from '@personr/kernel';
import { idleTimeOf } from './body-deadlines.js';

/**
 * The bytes of a body as they come, however long that takes. Throws `BODY_STALLED` when none come while
 * they are waited for as long as `idleTimeOf` says, and `BODY_INCOMPLETE` when the connection ends before the body does, or brings more than
 * was announced.
 */
export async function* bodyStream(raw: IncomingMessage): AsyncIterable<Uint8Array> {
  const pieces = raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  const patience = new Patience(idleTimeOf(raw));
  try {
    for (;;) {
      const next = await patience.with(pieces.next()).catch((error: unknown) => {
        throw error instanceof DomainError ? error : incomplete();
      });
      if (next.done === true) break;
      yield next.value;
    }
  } finally {
    patience.end();
  }
  // What follows a body that is longer than announced breaks the connection as soon as it is read.
  await setImmediate();
  if (!raw.complete || raw.socket.destroyed) throw incomplete();
}

/** Waits for a promise, but not for ever. One timer serves for all that are waited for, one after the other. */
class Patience {
  private readonly timer: NodeJS.Timeout;
  private giveUp: ((error: Error) => void) | undefined;

  constructor(milliseconds: number) {
    this.timer = setTimeout(() => this.giveUp?.(stalled()), milliseconds);
  }

  with<T>(promise: Promise<T>): Promise<T> {
    this.timer.refresh();
    return new Promise<T>((resolve, reject) => {
      this.giveUp = reject;
      promise.then(resolve, reject);
    }).finally(() => {
      this.giveUp = undefined;
    });
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

const stalled = (): DomainError =>
  new DomainError('BODY_STALLED', 'Nothing more of the body came for too long.');

const incomplete = (): DomainError =>
  new DomainError('BODY_INCOMPLETE', 'The body is not as long as was announced: it broke off, or goes on.');
