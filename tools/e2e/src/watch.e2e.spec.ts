import { type AddressInfo } from 'node:net';
import { newId } from '@personr/kernel';
import { waitFor } from '@personr/testkit';
import { aDelete, anAdmission, anExport, idOf } from './bodies.js';
import { clientsOf } from './api-clients.spec-helper.js';
import { type House, type InstructionAnswer, startHouse, type TestTenant } from './house.js';

type Told = { readonly event: string; readonly id: string | undefined; readonly data: unknown };

/** One event of a stream, read as the HTML Standard (section 9.2.6) says; null for a comment or a setting. */
const toldBy = (block: string): Told | null => {
  const fields = new Map(
    block.split('\n').flatMap((line) => {
      const [, name, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value ?? '']];
    }),
  );
  const [event, data] = [fields.get('event'), fields.get('data')];
  if (event === undefined || data === undefined) return null;
  return { event, id: fields.get('id'), data: JSON.parse(data) };
};

/** A stream that is read as it comes. */
class Stream {
  readonly told: Told[] = [];
  readonly over: Promise<void>;

  constructor(
    readonly answer: Response,
    private readonly closing: AbortController,
  ) {
    // What is no stream is left to be read by who asked.
    this.over = answer.status === 200 ? this.read().catch(() => undefined) : Promise.resolve();
  }

  close(): void {
    this.closing.abort();
  }

  states(): string[] {
    return this.told.map(({ data }) => (data as InstructionAnswer).state);
  }

  private async read(): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of this.answer.body ?? []) {
      const blocks = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = blocks.pop() ?? '';
      this.told.push(...blocks.map(toldBy).filter((each) => each !== null));
    }
  }
}

describe('the events of an instruction', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let origin: string;
  let people = 0;
  const opened: Stream[] = [];

  beforeAll(async () => {
    house = await startHouse({ worker: false });
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    await house.api.listen(0, '127.0.0.1');
    const { port } = (house.api.getHttpServer() as { address(): AddressInfo }).address();
    origin = `http://127.0.0.1:${port}`;
  });

  afterEach(async () => {
    for (const stream of opened) stream.close();
    await house.stopWorker();
  });

  afterAll(() => house.stop());

  const ordered = async (tenant = bank): Promise<string> => {
    people += 1;
    const externalId = `watched-${people}`;
    await tenant.post('/v1/subjects', anAdmission(externalId)).expect(201);
    return idOf(await tenant.post('/v1/instructions', aDelete({ externalId })).expect(202));
  };
  const watched = async (
    id: string,
    {
      token = bank.token,
      query = '',
      lastEventId,
    }: { token?: string; query?: string; lastEventId?: string } = {},
  ): Promise<Stream> => {
    const closing = new AbortController();
    const answer = await fetch(`${origin}/v1/instructions/${id}/events${query}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: closing.signal,
    });
    const stream = new Stream(answer, closing);
    opened.push(stream);
    return stream;
  };

  it('tell how it stands from the order to the end, each time whole, and end with it', async () => {
    const id = await ordered();
    const stream = await watched(id);
    expect([stream.answer.status, stream.answer.headers.get('content-type')]).toEqual([
      200,
      'text/event-stream',
    ]);
    await waitFor(() => stream.told.length > 0, { what: 'the first event' });
    expect(stream.states()).toEqual(['APPROVED']);
    await house.startWorker();
    await house.ended(bank, id);
    await stream.over;
    expect(stream.told.every(({ event }) => event === 'instruction')).toBe(true);
    const last = stream.told.at(-1)!;
    expect(last.data).toEqual((await bank.get(`/v1/instructions/${id}`).expect(200)).body);
    expect(last.data).toMatchObject({ state: 'COMPLETED', final: true });
    expect(stream.told.filter(({ data }) => (data as InstructionAnswer).final)).toHaveLength(1);
    expect(new Set(stream.told.map((each) => each.id)).size).toBe(stream.told.length);
  });

  it('count what an export has come to, in pieces and bytes', async () => {
    const externalId = 'watched-export';
    await bank.post('/v1/subjects', anAdmission(externalId)).expect(201);
    const id = idOf(await bank.post('/v1/instructions', anExport({ externalId })).expect(202));
    const stream = await watched(id);
    await house.startWorker();
    await house.ended(bank, id);
    await stream.over;
    const { steps } = stream.told.at(-1)!.data as { steps: { name: string; done: number; bytes: number }[] };
    const built = steps.find(({ name }) => name === 'BUILD_PACKAGE');
    expect(built?.done).toBeGreaterThan(0);
    expect(built?.bytes).toBeGreaterThan(0);
  });

  it('tell nothing twice to whoever comes again, and send home whoever has seen the end', async () => {
    const id = await ordered();
    const first = await watched(id, { query: '?seconds=1' });
    await first.over;
    const [seen] = first.told;
    expect(first.states()).toEqual(['APPROVED']);
    const again = await watched(id, { query: '?seconds=1', lastEventId: seen!.id! });
    await again.over;
    expect([again.answer.status, again.told]).toEqual([200, []]);
    await house.startWorker();
    await house.ended(bank, id);
    const late = await watched(id, { lastEventId: seen!.id! });
    await late.over;
    expect(late.states()).toEqual(['COMPLETED']);
    expect((await watched(id, { lastEventId: late.told[0]!.id! })).answer.status).toBe(204);
  });

  it('R-100: end when the client is revoked, and say why', async () => {
    const id = await ordered();
    const clients = clientsOf(house, bank);
    const client = await clients.create({ scopes: ['instructions:read'] });
    const token = await clients.tokenBySecret(client);
    const stream = await watched(id, { token });
    await waitFor(() => stream.told.length > 0, { what: 'the first event' });
    await bank.post(`/v1/api-clients/${client.id}/revoke`, {}).expect(200);
    await stream.over;
    expect(stream.told.at(-1)).toMatchObject({ event: 'problem', data: { code: 'CREDENTIAL_INVALID' } });
  });

  it('are for the tenant alone, and for a time that can be', async () => {
    const id = await ordered();
    expect((await watched(id, { token: market.token })).answer.status).toBe(404);
    expect((await watched(newId(new Date()))).answer.status).toBe(404);
    for (const query of ['?seconds=0', '?seconds=601', '?seconds=never', '?for=1'])
      expect((await watched(id, { query })).answer.status).toBe(400);
  });

  it('are told to twenty of a tenant at once, and a place is free again when one has gone', async () => {
    const [id, theirs] = [await ordered(), await ordered(market)];
    const streams = await Promise.all(Array.from({ length: 20 }, () => watched(id)));
    expect(streams.map(({ answer }) => answer.status)).toEqual(streams.map(() => 200));
    const { answer } = await watched(id);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5']);
    expect(await answer.json()).toMatchObject({ code: 'RATE_LIMITED' });
    expect((await watched(theirs, { token: market.token })).answer.status).toBe(200);
    streams[0]!.close();
    await waitFor(async () => (await watched(id)).answer.status === 200, { what: 'a place' });
  });
});
