import { generateKeyPairSync, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SettableClock } from '@personr/kernel/testing';
import { type Order } from './contract.js';
import { createPersonrClient, type PersonrClient } from './personr-client.js';
import { PersonrProblem } from './personr-problem.js';
import { StillRunning } from './wait-until.js';

type Seen = { readonly route: string; readonly headers: IncomingMessage['headers']; readonly body: string };
type Reply = {
  readonly status?: number;
  readonly json?: object;
  readonly raw?: string;
  readonly hangUp?: boolean;
};

const ID = '01890000-0000-7000-8000-000000000001';
const ORDER: Order = {
  type: 'DELETE',
  basis: 'END_OF_PURPOSE',
  subject: { externalId: 'cust-1' },
  writing: { text: 'Erase.' },
};
const LOOKUP = 'POST /v1/subjects/lookup';
const ACCEPT = 'POST /v1/instructions';

const problem = (status: number, code: string): Reply => ({
  status,
  json: { type: 'urn:x', title: 'x', status, code, detail: 'A sentence.', instance: 'urn:x' },
});

/** Takes the next reply; the last one stays. */
const nextReply = (queue: Reply[]): Reply => (queue.length > 1 ? queue.shift() : queue[0]) ?? {};

function send(response: ServerResponse, { status = 200, json = {}, raw }: Reply, requestId: string): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, {
    'Content-Type': raw === undefined ? type : 'text/html',
    'X-Request-Id': requestId,
    'Retry-After': '0',
  });
  response.end(raw ?? JSON.stringify(json));
}

describe('the client', () => {
  let server: Server;
  let personr: PersonrClient;
  let clock: SettableClock;
  let seen: Seen[];
  /** The next replies, by route; the last of a route is given for ever. */
  let replies: Record<string, Reply[]>;

  const count = (route: string): number => seen.filter((request) => request.route === route).length;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method ?? ''} ${request.url ?? ''}`;
    seen.push({ route, headers: request.headers, body: await text(request) });
    const reply = nextReply(replies[route] ?? [problem(404, 'ROUTE_NOT_FOUND')]);
    if (reply.hangUp === true) request.socket.destroy();
    else send(response, reply, `id-${seen.length}`);
  }

  const tokens = (...names: string[]): Reply[] =>
    names.map((name) => ({ json: { access_token: name, token_type: 'Bearer', expires_in: 600 } }));

  beforeEach(async () => {
    seen = [];
    replies = { 'POST /oauth/token': tokens('first', 'second', 'third'), [LOOKUP]: [{ json: { id: ID } }] };
    clock = new SettableClock();
    server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}/`;
    personr = createPersonrClient({ baseUrl, clientId: 'a.b', clientSecret: 'p%:s', clock });
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('signs in with the form-encoded secret, once for all who wait', async () => {
    await Promise.all([1, 2, 3].map(() => personr.lookup({ externalId: 'cust-1' })));
    expect(count('POST /oauth/token')).toBe(1);
    const [signIn] = seen;
    expect(signIn?.headers.authorization).toBe(`Basic ${btoa('a.b:p%25%3As')}`);
    expect(signIn?.body).toBe('grant_type=client_credentials');
    expect(seen.slice(1).map(({ headers }) => headers.authorization)).toEqual(Array(3).fill('Bearer first'));
  });

  it('signs in with its key by an assertion for this api, and sends no secret', async () => {
    const pair = generateKeyPairSync('ed25519');
    const privateKey = { ...pair.privateKey.export({ format: 'jwk' }), kid: 'mine' };
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}`;
    const byKey = createPersonrClient({ baseUrl, clientId: 'a.b', privateKey, clock });
    await byKey.lookup({ externalId: 'cust-1' });
    const [signIn] = seen;
    expect(signIn?.headers.authorization).toBeUndefined();
    const form = new URLSearchParams(signIn?.body);
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: baseUrl,
      iss: 'a.b',
    });
    const signed = Buffer.from(`${header}.${claims}`);
    expect(verify(null, signed, pair.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(signIn?.body).not.toContain(privateKey.d);
  });

  it('gets the next token a minute before the last one ends, and not earlier', async () => {
    await personr.lookup({ externalId: 'cust-1' });
    clock.advance(539_000);
    await personr.lookup({ externalId: 'cust-1' });
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer first');
    clock.advance(1_000);
    await personr.lookup({ externalId: 'cust-1' });
    expect(seen.at(-1)?.headers.authorization).toBe('Bearer second');
  });

  it('renews a token that is refused, once, and sends the same body again', async () => {
    replies[LOOKUP] = [problem(401, 'TOKEN_EXPIRED'), { json: { id: ID } }];
    expect(await personr.lookup({ externalId: 'cust-1' })).toBe(ID);
    const sent = seen.filter(({ route }) => route === LOOKUP);
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
    expect(sent.map(({ body }) => body)).toEqual(Array(2).fill('{"externalId":"cust-1"}'));
    replies[LOOKUP] = [problem(401, 'CREDENTIAL_INVALID')];
    await expect(personr.lookup({ externalId: 'cust-1' })).rejects.toMatchObject({
      code: 'CREDENTIAL_INVALID',
    });
    expect(count(LOOKUP)).toBe(4);
  });

  it('says that the credential is wrong, and asks again the next time', async () => {
    replies['POST /oauth/token'] = [problem(401, 'CREDENTIAL_INVALID'), ...tokens('first')];
    await expect(personr.lookup({ externalId: 'cust-1' })).rejects.toMatchObject({
      code: 'CREDENTIAL_INVALID',
    });
    expect(await personr.lookup({ externalId: 'cust-1' })).toBe(ID);
  });

  it('turns a problem document into a PersonrProblem, and a page of somebody else into one too', async () => {
    replies[`GET /v1/instructions/${ID}`] = [problem(404, 'INSTRUCTION_NOT_FOUND')];
    const refused = await personr.instruction(ID).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PersonrProblem);
    const requestId = `id-${seen.length}`;
    expect(refused).toMatchObject({
      code: 'INSTRUCTION_NOT_FOUND',
      status: 404,
      detail: 'A sentence.',
      requestId,
    });
    replies[LOOKUP] = [{ status: 500, raw: '<html>proxy</html>' }];
    await expect(personr.lookup({ externalId: 'cust-1' })).rejects.toMatchObject({
      code: 'UNREADABLE_ANSWER',
      status: 500,
    });
  });

  it('finds nobody where the api finds nobody', async () => {
    replies[LOOKUP] = [problem(404, 'SUBJECT_NOT_FOUND')];
    expect(await personr.lookup({ externalId: 'cust-1' })).toBeNull();
  });

  it('repeats an order under one key when the connection breaks or the api is not there', async () => {
    replies[ACCEPT] = [
      { hangUp: true },
      problem(503, 'SERVICE_UNAVAILABLE'),
      { status: 202, json: { id: ID } },
    ];
    expect(await personr.forwardInstruction(ORDER)).toMatchObject({ id: ID });
    const keys = seen
      .filter(({ route }) => route === ACCEPT)
      .map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    await personr.forwardInstruction(ORDER);
    expect(seen.at(-1)?.headers['idempotency-key']).not.toBe(keys[0]);
    await personr.forwardInstruction(ORDER, { idempotencyKey: 'mine' });
    expect(seen.at(-1)?.headers['idempotency-key']).toBe('mine');
  });

  it('does not repeat what has no key, nor what was refused', async () => {
    replies[LOOKUP] = [{ hangUp: true }];
    await expect(personr.lookup({ externalId: 'cust-1' })).rejects.toMatchObject({ name: 'TypeError' });
    expect(count(LOOKUP)).toBe(1);
    replies[ACCEPT] = [problem(409, 'NOT_VERIFIED')];
    await expect(personr.forwardInstruction(ORDER)).rejects.toMatchObject({ code: 'NOT_VERIFIED' });
    expect(count(ACCEPT)).toBe(1);
  });

  it('gives up after three repetitions with the last answer', async () => {
    replies[ACCEPT] = [problem(503, 'SERVICE_UNAVAILABLE')];
    await expect(personr.forwardInstruction(ORDER)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(count(ACCEPT)).toBe(4);
  });

  describe('waiting for the end', () => {
    const look = (state: string, final = false): Reply => ({
      json: { id: ID, state, final, flags: [], steps: [] },
    });

    it('tells of what is new and returns the end', async () => {
      replies[`GET /v1/instructions/${ID}`] = [
        look('APPROVED'),
        look('APPROVED'),
        look('ERASING'),
        look('COMPLETED', true),
      ];
      const states: string[] = [];
      const ended = await personr.waitForEnd(ID, { onProgress: ({ state }) => states.push(state) });
      expect(ended.state).toBe('COMPLETED');
      expect(states).toEqual(['APPROVED', 'ERASING', 'COMPLETED']);
    });

    it('leaves an instruction that goes on to itself, and shows how far it is', async () => {
      replies[`GET /v1/instructions/${ID}`] = [look('ERASING')];
      const waiting = personr.waitForEnd(ID, { timeoutMs: 0 });
      await expect(waiting).rejects.toBeInstanceOf(StillRunning);
      await expect(waiting).rejects.toMatchObject({ instruction: { state: 'ERASING' } });
    });

    it('takes the receipt as it was written, also when it comes a moment after the end', async () => {
      replies[`GET /v1/instructions/${ID}`] = [look('COMPLETED', true)];
      replies[`GET /v1/instructions/${ID}/receipt`] = [
        problem(409, 'NOT_FINISHED'),
        { json: { b: 1, a: [2] } },
      ];
      expect(await personr.receipt(ID)).toBe('{"b":1,"a":[2]}');
    });

    it('says that there is no receipt before the end', async () => {
      replies[`GET /v1/instructions/${ID}`] = [look('ERASING')];
      replies[`GET /v1/instructions/${ID}/receipt`] = [problem(409, 'NOT_FINISHED')];
      await expect(personr.receipt(ID)).rejects.toMatchObject({ code: 'NOT_FINISHED' });
      expect(count(`GET /v1/instructions/${ID}/receipt`)).toBe(1);
    });
  });
});
