import { randomUUID } from 'node:crypto';
import { newId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { waitFor } from '@personr/testkit';
import supertest from 'supertest';
import { spawnApi } from './api-process.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { type Entry, entriesOf, timesIn } from './log-entries.js';
import { refusalsTold } from './refusals-told.js';

const MANY = 1_000;
const AT_ONCE = 20;

/** Sends one after the other, twenty at once. */
async function sendMany(times: number, send: () => PromiseLike<unknown>): Promise<void> {
  let left = times;
  const sender = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

describe('what was refused', () => {
  let house: House;
  let bank: TestTenant;

  beforeAll(async () => {
    house = await startHouse({ rates: { credentialRequests: 100_000, tenantRequests: 100_000 } });
  });
  beforeEach(async () => {
    bank = await house.onboard('Bank');
  });
  afterAll(() => house.stop());

  const refusalsIn = async (event: string): Promise<Entry[]> =>
    (await entriesOf(house, bank)).filter((entry) => entry.event === event);
  const clientOf = ({ clientId }: TestTenant): string => clientId.split('.')[1] ?? '';

  /** Lets intervals end, until nothing is counted any more that is not told of. */
  const intervalsOver = async (seconds: number): Promise<void> => {
    house.clock.advance(seconds * 1000);
    await waitFor(
      async () => {
        const { rowCount } = await house.owner.query('select from counted_event where tenant_id = $1', [
          bank.tenantId,
        ]);
        return rowCount === 0;
      },
      { what: 'every count to be told of', timeoutMs: 30_000 },
    );
  };

  it('R-100: is ten entries and one for all others when it comes in floods; they add up', async () => {
    const unknown = newId(house.clock.now());
    await sendMany(MANY, () => bank.get(`/v1/instructions/${unknown}`).expect(404));
    await sendMany(MANY, () => bank.get(`/v1/subjects/${unknown}`).expect(404));
    await intervalsOver(60);
    for (const [event, route, code] of [
      ['instruction.refused', 'GET /v1/instructions/{id}', 'INSTRUCTION_NOT_FOUND'],
      ['request.refused', 'GET /v1/subjects/{id}', 'SUBJECT_NOT_FOUND'],
    ] as const) {
      const entries = await refusalsIn(event);
      expect(entries).toHaveLength(11);
      expect(timesIn(entries, event)).toBe(MANY);
      for (const { actor, reasonCode, detail } of entries) {
        expect([actor, reasonCode]).toEqual([{ kind: 'API_CLIENT', id: clientOf(bank) }, code]);
        expect(detail).toMatchObject({ route });
      }
    }
  }, 120_000);

  describe('before it was known who asks', () => {
    const instruct = (headers: Readonly<Record<string, string>>) =>
      house.http.post('/v1/instructions').auth(bank.token, { type: 'bearer' }).set(headers);
    const json = { 'Content-Type': 'application/json' };
    const REFUSED: readonly (readonly [
      string,
      number,
      string,
      (request: Readonly<Record<string, string>>) => PromiseLike<supertest.Response>,
    ])[] = [
      ['a body that is no JSON', 400, 'BODY_MALFORMED', (id) => instruct({ ...json, ...id }).send('{"a":')],
      ['no body', 400, 'BODY_MALFORMED', (id) => instruct({ ...json, ...id }).send('')],
      [
        'another type',
        415,
        'CONTENT_TYPE_UNSUPPORTED',
        (id) => instruct({ ...id, 'Content-Type': 'text/plain' }).send('a'),
      ],
      [
        'a compressed body',
        415,
        'CONTENT_TYPE_UNSUPPORTED',
        (id) => instruct({ ...json, ...id, 'Content-Encoding': 'gzip' }).send('a'),
      ],
      [
        'a body of 2 MiB',
        413,
        'BODY_TOO_LARGE',
        (id) => instruct({ ...json, ...id }).send(`"${'a'.repeat(2 ** 21)}"`),
      ],
      [
        'a batch that is no NDJSON',
        415,
        'CONTENT_TYPE_UNSUPPORTED',
        (id) => bank.post('/v1/instructions/batch', {}, id),
      ],
    ];

    it.each(REFUSED)('R-100: leaves one entry for %s: %i %s', async (_, status, code, send) => {
      const requestId = randomUUID();
      const answer = await send({ 'X-Request-Id': requestId });
      expect([answer.status, (answer.body as { code?: string }).code]).toEqual([status, code]);
      const entries = await refusalsIn('instruction.refused');
      expect(entries).toMatchObject([
        { reasonCode: code, requestId, actor: { kind: 'API_CLIENT', id: clientOf(bank) } },
      ]);
    });

    it('R-100: leaves one entry for a method and a path that there are not', async () => {
      await house.http
        .delete(`/v1/instructions/${newId(house.clock.now())}`)
        .auth(bank.token, { type: 'bearer' })
        .expect(405);
      await bank.get('/v1/nothing').expect(404);
      const entries = await refusalsIn('request.refused');
      expect(entries.map(({ reasonCode }) => reasonCode).sort()).toEqual([
        'METHOD_NOT_ALLOWED',
        'ROUTE_NOT_FOUND',
      ]);
    });

    it('leaves nothing of who shows no token, a forged one or one that has ended', async () => {
      const before = (await entriesOf(house, bank)).length;
      const [head = '', claims = ''] = bank.token.split('.');
      const bad = () => house.http.post('/v1/instructions').set('Content-Type', 'application/json');
      await bad().send('{').expect(400);
      await bad().auth(`${head}.${claims}.AAAA`, { type: 'bearer' }).send('{').expect(400);
      house.clock.advance(600_000);
      await bad().auth(bank.token, { type: 'bearer' }).send('{').expect(400);
      await bank.get('/v1/subjects').expect(401);
      expect(await entriesOf(house, bank)).toHaveLength(before);
      expect(await refusalsTold(house, bank)).toBe(0);
    });
  });

  it('R-100: leaves an entry for a sign-in that asks for more than the client holds', async () => {
    const form = { grant_type: 'client_credentials', scope: 'everything' };
    await house.http
      .post('/oauth/token')
      .auth(bank.clientId, bank.clientSecret)
      .type('form')
      .send(form)
      .expect(403);
    expect(await refusalsIn('request.refused')).toMatchObject([
      { reasonCode: 'SCOPE_MISSING', detail: { route: 'POST /oauth/token' } },
    ]);
  });

  it('R-100: in the name of a client by a wrong secret, however often, is one entry an hour', async () => {
    const knock = (id: string) =>
      house.http
        .post('/oauth/token')
        .auth(id, 'wrong')
        .type('form')
        .send({ grant_type: 'client_credentials' })
        .expect(401);
    await sendMany(50, () => knock(bank.clientId));
    await knock(`${bank.tenantId}.${newId(house.clock.now())}`);
    const counted = async (): Promise<boolean> => {
      const { rows } = await house.owner.query<{ count: number }>(
        "select sum(count)::int as count from counted_event where event = 'sign-in.refused'",
      );
      return rows[0]?.count === 50;
    };
    await waitFor(counted, { what: 'the second to be over after which they are counted' });
    expect(await refusalsIn('sign-in.refused')).toEqual([]);
    await intervalsOver(3_600);
    expect(await refusalsIn('sign-in.refused')).toMatchObject([
      {
        actor: { kind: 'SYSTEM' },
        reasonCode: 'SECRET',
        detail: { count: 50, clientId: clientOf(bank), route: 'POST /oauth/token' },
      },
    ]);
  });

  it('R-100: is an entry each for tokens, until they are asked for by the dozen', async () => {
    for (let time = 1; time < 25; time += 1) await tenantOf(house.http, bank);
    await intervalsOver(60);
    const entries = await refusalsIn('sign-in.granted');
    expect(entries).toHaveLength(11);
    expect(timesIn(entries, 'sign-in.granted')).toBe(25);
    expect(entries[0]).toMatchObject({
      actor: { kind: 'API_CLIENT', id: clientOf(bank) },
      detail: { method: 'client_secret_basic', route: 'POST /oauth/token' },
    });
  });

  it('is answered as our own failure when it cannot be written down', async () => {
    await house.owner.query('alter table counted_event rename to counted_event_away');
    try {
      const answer = await bank.get('/v1/subjects/nobody');
      expect([answer.status, (answer.body as { code?: string }).code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    } finally {
      await house.owner.query('alter table counted_event_away rename to counted_event');
    }
    await bank.get('/v1/subjects/nobody').expect(400);
  });

  it('R-100: because too much was asked for is one entry a minute, and asks no database each time', async () => {
    const small = await startHouse({ worker: false, rates: { credentialRequests: 5, windowSeconds: 3_600 } });
    try {
      const shop = await small.onboard('Shop');
      const statuses: number[] = [];
      await sendMany(200, async () => statuses.push((await shop.get('/v1/subjects')).status));
      const refused = statuses.filter((status) => status === 429).length;
      expect(refused).toBe(195);
      await waitFor(async () => (await refusalsTold(small, shop)) === refused, {
        what: 'them to be counted',
      });
      const { rows } = await small.owner.query(
        'select code, singly, count from counted_event where code <> $1',
        [''],
      );
      expect(rows).toEqual([{ code: 'RATE_LIMITED', singly: 0, count: refused }]);
    } finally {
      await small.stop();
    }
  });

  it('R-100: is in the log for each that was answered, whenever the api is killed', async () => {
    const clock = new SettableClock(new Date().toISOString());
    const other = await startHouse({ worker: false, clock });
    try {
      const shop = await other.onboard('Shop');
      let [sent, answered] = [0, 0];
      for (const enough of [20, 80, 160]) {
        const api = await spawnApi(other);
        const there = await tenantOf(supertest(api.url), shop);
        const sender = async (): Promise<void> => {
          for (let isAlive = true; isAlive;) {
            sent += 1;
            const answer = await there.post('/v1/instructions', { type: 'DELETE' }).catch(() => null);
            isAlive = answer !== null;
            if (answer?.status === 400) answered += 1;
            if (answered >= enough) await api.end('SIGKILL');
          }
        };
        await Promise.all(Array.from({ length: AT_ONCE }, sender));
      }
      clock.advance(3_600_000);
      await other.startWorker();
      await waitFor(
        async () =>
          (await other.owner.query('select from counted_event where code <> $1', [''])).rowCount === 0,
        { what: 'every count to be told of', timeoutMs: 30_000 },
      );
      const entries = await entriesOf(other, shop);
      const told = timesIn(entries, 'instruction.refused');
      expect(answered).toBeGreaterThanOrEqual(160);
      expect(told).toBeGreaterThanOrEqual(answered);
      expect(told).toBeLessThanOrEqual(sent);
    } finally {
      await other.stop();
    }
  }, 300_000);
});
