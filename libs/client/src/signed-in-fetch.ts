import { type AccessToken } from './access-token.js';

/** How a request is sent: with whose token, by which fetch, and how pauses are made. */
export type Sending = {
  readonly token: AccessToken;
  readonly fetch: typeof fetch;
  readonly pause: (milliseconds: number) => Promise<void>;
};

const ATTEMPTS = 4;
const FIRST_PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 5_000;
const PASSING: readonly number[] = [429, 502, 503, 504];

/**
 * Sends requests with a token. One that was refused is renewed once; what is safe to repeat (a GET, or anything
 * with an `Idempotency-Key`) is repeated up to three times when the connection broke or the answer was 429, 502,
 * 503 or 504, after the pause that `Retry-After` asks for, at most five seconds.
 */
export function signedInFetch({ token, fetch, pause }: Sending): (request: Request) => Promise<Response> {
  const send = async (request: Request): Promise<Response> => {
    const first = await token.get();
    const response = await fetch(withToken(request, first));
    if (response.status !== 401) return response;
    await response.body?.cancel();
    token.forget(first);
    return fetch(withToken(request, await token.get()));
  };
  return async (request) => {
    const attempts = isRepeatable(request) ? ATTEMPTS : 1;
    for (let attempt = 1; ; attempt += 1) {
      const response = await send(request).catch((error: unknown) => {
        if (attempt === attempts || !isBrokenConnection(error)) throw error;
        return undefined;
      });
      if (response !== undefined && (attempt === attempts || !PASSING.includes(response.status))) {
        return response;
      }
      await response?.body?.cancel();
      await pause(pauseAfter(response, attempt));
    }
  };
}

function withToken(request: Request, token: string): Request {
  const signed = request.clone();
  signed.headers.set('Authorization', `Bearer ${token}`);
  return signed;
}

const isRepeatable = ({ method, headers }: Request): boolean =>
  method === 'GET' || headers.has('idempotency-key');

/** The Fetch standard: a network error is a TypeError; known by its name, since it may come from another realm. */
const isBrokenConnection = (error: unknown): boolean =>
  (error as { name?: unknown } | null)?.name === 'TypeError';

function pauseAfter(response: Response | undefined, attempt: number): number {
  const asked = Number(response?.headers.get('retry-after') ?? Number.NaN) * 1000;
  const wanted = Number.isNaN(asked) ? FIRST_PAUSE_MILLISECONDS * 3 ** (attempt - 1) : asked;
  return Math.min(Math.max(wanted, 0), LONGEST_PAUSE_MILLISECONDS);
}
