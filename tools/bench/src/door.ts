import { type OnboardedTenant } from '@personr/ops';
import { type Imported, importLines } from './import-lines.js';

/** A tenant's way in, over one kept connection after the other, as a client's back end has it. */
export class Door {
  private constructor(
    readonly apiUrl: string,
    readonly token: string,
  ) {}

  /** Gets a token for the tenant. */
  static async open(apiUrl: string, { clientId, clientSecret }: OnboardedTenant): Promise<Door> {
    const answer = await fetch(`${apiUrl}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    return new Door(apiUrl, token);
  }

  /** Posts JSON and returns the answer's. Throws, by status and code, unless it is a 2xx. */
  async post<Answer>(
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await fetch(this.apiUrl + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return read<Answer>(answer);
  }

  /** Imports lines of NDJSON. Throws unless each is answered. */
  import(lines: Iterable<string>): Promise<Imported> {
    return importLines(this, lines);
  }

  /** Gets JSON. Throws, by status and code, unless it is a 2xx. */
  async get<Answer>(path: string): Promise<Answer> {
    return read<Answer>(
      await fetch(this.apiUrl + path, { headers: { authorization: `Bearer ${this.token}` } }),
    );
  }
}

async function read<Answer>(answer: Response): Promise<Answer> {
  const body = (await answer.json()) as Answer & { code?: string };
  if (!answer.ok) throw new Error(`${answer.status} ${body.code ?? ''}`);
  return body;
}
