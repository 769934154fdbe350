import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type NewDocument } from './contract.js';
import { createPersonrClient, type PersonrClient } from './personr-client.js';

type Seen = { readonly url: string; readonly headers: IncomingMessage['headers']; readonly body: Buffer };
/** A status and what is said with it, or the connection is broken. */
type Reply = { readonly status: number; readonly body: object | Buffer } | 'hang up';

const ID = '01890000-0000-7000-8000-000000000001';
const ABOUT: NewDocument = {
  element: 'SELFIE',
  source: 'CONSUMER_DIRECT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: '2026-11-23T18:00:00+01:00',
};
const BYTES = Uint8Array.from(randomBytes(300_000));
const TAKEN: Reply = { status: 201, body: { id: ID } };

const problem = (status: number, code: string): Reply => ({
  status,
  body: { type: 'urn:x', title: 'x', status, code, detail: 'A sentence.', instance: 'urn:x' },
});

describe("the client's documents", () => {
  let server: Server;
  let personr: PersonrClient;
  let seen: Seen[];
  let replies: Reply[];
  let tokens: number;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '', headers } = request;
    const body = await buffer(request);
    if (url === '/oauth/token') {
      tokens += 1;
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({ access_token: `token-${tokens}`, token_type: 'Bearer', expires_in: 600 }),
      );
      return;
    }
    seen.push({ url, headers, body });
    const reply = replies.shift() ?? TAKEN;
    if (reply === 'hang up') request.socket.destroy();
    else say(response, reply);
  }

  function say(response: ServerResponse, { status, body }: Exclude<Reply, 'hang up'>): void {
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, {
      'Content-Type': body instanceof Buffer ? 'image/png' : type,
      'Retry-After': '0',
    });
    response.end(body instanceof Buffer ? body : JSON.stringify(body));
  }

  beforeEach(async () => {
    seen = [];
    replies = [];
    tokens = 0;
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    personr = createPersonrClient({
      baseUrl: `http://127.0.0.1:${port}`,
      clientId: 'id',
      clientSecret: 'secret',
    });
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const content = { bytes: BYTES, contentType: 'image/png' };

  it.each([
    ['a Uint8Array', BYTES],
    ['a part of one', new Uint8Array(Uint8Array.from([9, ...BYTES, 9]).buffer, 1, BYTES.length)],
    ['an ArrayBuffer', BYTES.buffer],
    ['a Blob, whose own type does not count', new Blob([BYTES], { type: 'video/mp4' })],
  ])('sends %s as it is, with its length and its digest', async (_, bytes) => {
    expect(await personr.addDocument(ID, ABOUT, { bytes, contentType: 'image/png' })).toEqual({ id: ID });
    const [sent] = seen;
    expect(sent?.url).toBe(`/v1/subjects/${ID}/documents?${new URLSearchParams(ABOUT).toString()}`);
    expect(sent?.body.equals(BYTES)).toBe(true);
    expect(sent?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'content-type': 'image/png',
      'content-length': String(BYTES.length),
      'content-digest': `sha-256=:${createHash('sha256').update(BYTES).digest('base64')}:`,
    });
  });

  it('names the consent it is taken in under', async () => {
    await personr.addDocument(ID, { ...ABOUT, consentId: ID }, content);
    expect(seen[0]?.url).toContain(`consentId=${ID}`);
  });

  it('sends it whole again under one key when the connection breaks or the api is not there', async () => {
    replies = ['hang up', problem(503, 'SERVICE_UNAVAILABLE'), problem(401, 'TOKEN_EXPIRED'), TAKEN];
    expect(await personr.addDocument(ID, ABOUT, content)).toEqual({ id: ID });
    expect(seen.map(({ body }) => body.equals(BYTES))).toEqual([true, true, true, true]);
    const keys = new Set(seen.map(({ headers }) => headers['idempotency-key']));
    expect([keys.size, [...keys][0]]).toEqual([1, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer token-2');
    await personr.addDocument(ID, ABOUT, content, { idempotencyKey: 'mine' });
    expect(seen.at(-1)?.headers['idempotency-key']).toBe('mine');
  });

  it('says what was refused, and does not repeat it', async () => {
    replies = [problem(422, 'CONSENT_MISSING')];
    await expect(personr.addDocument(ID, ABOUT, content)).rejects.toMatchObject({
      name: 'PersonrProblem',
      code: 'CONSENT_MISSING',
      status: 422,
    });
    expect(seen).toHaveLength(1);
  });

  it('opens one as a stream, for a purpose', async () => {
    replies = [{ status: 200, body: Buffer.from(BYTES) }];
    const opened = await personr.document(ID, 'doc', 'IDENTITY_VERIFICATION');
    expect((await buffer(opened)).equals(BYTES)).toBe(true);
    expect(seen[0]?.url).toBe(`/v1/subjects/${ID}/documents/doc?purpose=IDENTITY_VERIFICATION`);
  });

  it('says when it may not be opened', async () => {
    replies = [problem(403, 'PURPOSE_NOT_PERMITTED')];
    await expect(personr.document(ID, 'doc', 'WEBSITE_ADVERTISING')).rejects.toMatchObject({
      name: 'PersonrProblem',
      code: 'PURPOSE_NOT_PERMITTED',
    });
  });
});
