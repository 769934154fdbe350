import { type OnboardedTenant } from '@personr/ops';
import { type Person, type Specimen, specimensOf } from '@personr/specimens';

/** A document that was handed in: our id of it, and the file it was. */
type HandedIn = { readonly id: string; readonly specimen: Specimen };

/** What was handed in for one person. */
export type Handful = {
  readonly count: number;
  readonly sizeBytes: number;
  readonly elements: readonly string[];
};

const PURPOSE = 'IDENTITY_VERIFICATION';
const ABOUT = { source: 'CONSUMER_DIRECT', purpose: PURPOSE, collectedAt: '2026-11-20T10:00:00Z' };
const RENEW_AFTER_MILLISECONDS = 240_000;

/** Documents as a Business's own system sends and gets them: plain HTTP, bytes in the body. */
export class DocumentDesk {
  private readonly handedIn = new Map<string, readonly HandedIn[]>();
  private token: { readonly text: string; readonly gotAt: number } | null = null;

  constructor(
    private readonly apiUrl: string,
    private readonly tenant: OnboardedTenant,
  ) {}

  /** Hands in every file the person would send, or those named. Throws, by status and code, at the first that is not taken. */
  async handIn(subjectId: string, person: Person, named = /./): Promise<Handful> {
    const documents: HandedIn[] = [];
    for (const specimen of (await specimensOf(person)).filter(({ name }) => named.test(name))) {
      documents.push({ id: await this.post(subjectId, specimen), specimen });
    }
    this.handedIn.set(subjectId, documents);
    const specimens = documents.map(({ specimen }) => specimen);
    return {
      count: specimens.length,
      sizeBytes: specimens.reduce((sum, { bytes }) => sum + bytes.length, 0),
      elements: [...new Set(specimens.map(({ element }) => element))],
    };
  }

  /** How many documents were handed in for a person. */
  countOf(subjectId: string): number {
    return this.handedIn.get(subjectId)?.length ?? 0;
  }

  /** How many of a person's documents come back as the files they were, byte for byte, and how many do not exist. */
  async compare(subjectId: string): Promise<{ count: number; intact: number; gone: number }> {
    const documents = this.handedIn.get(subjectId) ?? [];
    let [intact, gone] = [0, 0];
    for (const { id, specimen } of documents) {
      const answer = await this.send(`/v1/subjects/${subjectId}/documents/${id}?purpose=${PURPOSE}`);
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (answer.status === 200 && bytes.equals(specimen.bytes)) intact += 1;
      if (answer.status === 404) gone += 1;
    }
    return { count: documents.length, intact, gone };
  }

  /** Takes what is at a path. Throws, by status, unless it is there. */
  async take(path: string): Promise<Buffer> {
    const taken = await this.send(path);
    if (taken.status !== 200) throw new Error(`${path} was answered ${taken.status}.`);
    return Buffer.from(await taken.arrayBuffer());
  }

  private async post(subjectId: string, { name, element, contentType, bytes }: Specimen): Promise<string> {
    const query = new URLSearchParams({ element, ...ABOUT }).toString();
    const answer = await this.send(`/v1/subjects/${subjectId}/documents?${query}`, {
      method: 'POST',
      body: Uint8Array.from(bytes),
      headers: { 'content-type': contentType },
    });
    const { id, code } = (await answer.json()) as { id?: string; code?: string };
    if (id === undefined) throw new Error(`${name} was not taken: ${answer.status} ${code ?? ''}.`);
    return id;
  }

  private async send(path: string, request: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${await this.bearer()}`;
    return fetch(this.apiUrl + path, {
      ...request,
      headers: { ...(request.headers as object), authorization },
    });
  }

  private async bearer(): Promise<string> {
    const { token } = this;
    if (token !== null && performance.now() - token.gotAt < RENEW_AFTER_MILLISECONDS) return token.text;
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
