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

/** Sends requests with a token, and again, as `sendSignedIn` does. */
export const signedInFetch =
  (sending: Sending): ((request: Request) => Promise<Response>) =>
  (request) =>
    sendSignedIn(sending, () => request.clone());

/**
 * Sends a request with a token, made anew for each attempt. One that was refused is renewed once; what is safe to
 * repeat (a GET, or anything with an `Idempotency-Key`) is repeated up to three times when the connection broke or
 * the answer was 429, 502, 503 or 504, after the pause that `Retry-After` asks for, at most five seconds.
 */
export async function sendSignedIn(sending: Sending, make: () => Request): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const request = make();
    const isLast = attempt === ATTEMPTS || !isRepeatable(request);
    const response = await sendOnce(sending, request, make).catch((error: unknown) => {
      if (isLast || !isBrokenConnection(error)) throw error;
      return undefined;
    });
    if (response !== undefined && (isLast || !PASSING.includes(response.status))) return response;
    await response?.body?.cancel();
    await sending.pause(pauseAfter(response, attempt));
  }
}

/** Sends it, and made anew once more when its token is refused. */
async function sendOnce({ token, fetch }: Sending, request: Request, make: () => Request): Promise<Response> {
  const first = await token.get();
  const response = await fetch(signed(request, first));
  if (response.status !== 401) return response;
  await response.body?.cancel();
  token.forget(first);
  return fetch(signed(make(), await token.get()));
}

function signed(request: Request, token: string): Request {
  request.headers.set('Authorization', `Bearer ${token}`);
  return request;
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
