import { DomainError } from '@personr/kernel';

/** What ends a stream before its end. */
export type StreamRules = {
  /** How long the sender may be silent. */
  readonly idleMilliseconds: number;
  /** Throws when the sender may not go on. Asked before each chunk is handed on. */
  readonly assertWelcome: () => Promise<void>;
  /** Aborted when this process is about to end. */
  readonly closing: AbortSignal;
};

/**
 * Hands on what is sent until its end. Throws `STREAM_IDLE` when nothing comes for too long, `SERVICE_UNAVAILABLE`
 * when this process is about to end, and whatever `assertWelcome` and the source throw.
 */
export async function* readWhileWelcome(
  chunks: AsyncIterable<Buffer>,
  rules: StreamRules,
): AsyncGenerator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  for (;;) {
    const next = await soon(source.next(), rules);
    if (next.done === true) return;
    await rules.assertWelcome();
    yield next.value;
  }
}

/** What comes, unless one of the rules ends the wait for it. */
function soon<Value>(coming: Promise<Value>, { idleMilliseconds, closing }: StreamRules): Promise<Value> {
  let stopWaiting: () => void = () => undefined;
  const ended = new Promise<never>((_, reject) => {
    const end = (code: 'STREAM_IDLE' | 'SERVICE_UNAVAILABLE', why: string): void => {
      reject(new DomainError(code, `${why} Send the rest in a new stream.`));
    };
    const close = (): void => {
      end('SERVICE_UNAVAILABLE', 'This server is going.');
    };
    const timer = setTimeout(end, idleMilliseconds, 'STREAM_IDLE', 'Nothing was sent for too long.');
    closing.addEventListener('abort', close);
    if (closing.aborted) close();
    stopWaiting = () => {
      clearTimeout(timer);
      closing.removeEventListener('abort', close);
    };
  });
  return Promise.race([ended, coming]).finally(() => {
    stopWaiting();
  });
}
