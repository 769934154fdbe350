import { type OnboardedTenant } from '@personr/ops';

/** An answer, whole. */
export type Answer = {
  readonly status: number;
  readonly bytes: Buffer;
  readonly json: Record<string, unknown>;
};

const TOKEN_SECONDS = 240;

/** A Business's way in, as its own systems have it. */
export class Door {
  private token: { readonly text: string; readonly gotAt: number } | null = null;

  constructor(
    readonly apiUrl: string,
    readonly tenant: OnboardedTenant,
    /** Whose tokens it shows instead of its own. */
    private readonly borrowed?: Door,
  ) {}

  /** Sends one request and returns whatever is answered. */
  async ask(path: string, request: RequestInit = {}): Promise<Answer> {
    const authorization = await this.authorization();
    const answer = await fetch(this.apiUrl + path, {
      ...request,
      headers: { ...(request.headers as Record<string, string> | undefined), authorization },
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, bytes, json: jsonIn(bytes) };
  }

  get(path: string): Promise<Answer> {
    return this.ask(path);
  }

  post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }

  /** The same, for what has to be taken. Throws by status and code otherwise. */
  async take(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return taken(path, await this.post(path, body, headers));
  }

  /** The header that lets it in. */
  async authorization(): Promise<string> {
    return this.borrowed === undefined ? `Bearer ${await this.bearer()}` : this.borrowed.authorization();
  }

  private async bearer(): Promise<string> {
    const { token } = this;
    if (token !== null && performance.now() - token.gotAt < TOKEN_SECONDS * 1000) return token.text;
    const { clientId, clientSecret } = this.tenant;
    const answer = await fetch(`${this.apiUrl}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: text } = (await answer.json()) as { access_token: string };
    this.token = { text, gotAt: performance.now() };
    return text;
  }
}

/** An answer that has to be a good one. */
export function taken(what: string, answer: Answer): Answer {
  if (answer.status >= 300) {
    const { code } = answer.json;
    throw new Error(`${what} was answered ${answer.status} ${typeof code === 'string' ? code : ''}`);
  }
  return answer;
}

function jsonIn(bytes: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
