import { type Clock } from '@personr/kernel';
import { type ClientCredential, proofOf } from './client-credential.js';
import { problemOf } from './personr-problem.js';

/** Who asks for tokens, and where. */
export type TokenSource = {
  readonly baseUrl: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
};

type Token = { readonly value: string; readonly goodUntil: number };

const SPARE_MILLISECONDS = 60_000;

/** Keeps one access token (RFC 6749, section 4.4) and gets the next a minute before it ends. */
export class AccessToken {
  private held: Token | undefined;
  private coming: Promise<Token> | undefined;

  constructor(private readonly source: TokenSource) {}

  /** A token that is good now. However many ask at once, one is fetched. Throws `PersonrProblem`. */
  async get(): Promise<string> {
    if (this.held !== undefined && this.held.goodUntil > this.now()) return this.held.value;
    this.coming ??= this.fetchToken().finally(() => (this.coming = undefined));
    this.held = await this.coming;
    return this.held.value;
  }

  /** Forgets a token that was refused, so that the next is another. */
  forget(refused: string): void {
    if (this.held?.value === refused) this.held = undefined;
  }

  private async fetchToken(): Promise<Token> {
    const { baseUrl, clientId, credential, clock } = this.source;
    const asked = this.now();
    const { headers, form } = await proofOf(credential, { clientId, baseUrl, now: clock.now() });
    const response = await this.source.fetch(`${baseUrl}/oauth/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
    const said = (await response.json().catch(() => undefined)) as
      { access_token?: unknown; expires_in?: unknown } | undefined;
    const { access_token: value, expires_in: seconds } = said ?? {};
    if (!response.ok || typeof value !== 'string' || typeof seconds !== 'number') {
      throw problemOf(response, said);
    }
    return { value, goodUntil: asked + Math.max(seconds * 1000 - SPARE_MILLISECONDS, seconds * 500) };
  }

  private now(): number {
    return this.source.clock.now().getTime();
  }
}
