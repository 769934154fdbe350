import { RegisterApiClient } from '@personr/access';
import { createApi } from '@personr/api';
import { ephemeralDirectory, type RedisServer, removeDirectory, startRedis } from '@personr/stack';
import { Tenancy } from '@personr/tenancy';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import supertest from 'supertest';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { whileTablesAreLocked } from './locked-tables.js';

type Door = House['http'];

const LIMITS = {
  windowSeconds: 600,
  credentialRequests: 5,
  tenantRequests: 8,
  tokenClientRequests: 4,
  tokenAddressRequests: 40,
};
const POLICY = '"credential";q=5;w=600, "tenant";q=8;w=600';
const STATE = /^"credential";r=(\d+);t=(\d+), "tenant";r=(\d+);t=(\d+)$/;

describe('the limits of rates', () => {
  let house: House;
  let redis: RedisServer;
  const directory = ephemeralDirectory('rates');

  beforeAll(async () => {
    redis = await startRedis({ directory });
    house = await startHouse({ worker: false, rates: LIMITS, redis: redis.url });
  });

  afterAll(async () => {
    await house.stop();
    await redis.stop();
    removeDirectory(directory);
  });

  const ask = ({ token }: { readonly token: string }, door: Door = house.http) =>
    door.get('/v1/subjects?limit=1').auth(token, { type: 'bearer' });
  const statuses = async (tenant: TestTenant, times: number, door?: Door): Promise<number[]> => {
    const seen: number[] = [];
    for (let time = 0; time < times; time += 1) seen.push((await ask(tenant, door)).status);
    return seen;
  };
  const tokenOf = (clientId: string, clientSecret: string) =>
    house.http
      .post('/oauth/token')
      .auth(clientId, clientSecret)
      .type('form')
      .send({ grant_type: 'client_credentials' });

  /** A second credential of the same tenant. */
  const siblingOf = async (tenant: TestTenant): Promise<TestTenant> => {
    const register = house.api.get(RegisterApiClient);
    const credential = await house.api
      .get(Tenancy)
      .forTenant(tenant.tenantId, (tx) => register.run(tx, { name: 'second', scopes: ['subjects:read'] }));
    return tenantOf(house.http, { ...tenant, ...credential });
  };

  const withSecondApi = async (work: (door: Door) => Promise<void>): Promise<void> => {
    const second = await createApi(house.apiConfig, house.clock, pino({ level: 'silent' }));
    try {
      await work(supertest(second.getHttpServer()));
    } finally {
      await second.close();
    }
  };

  const OK = 200;
  const NO = 429;

  it('are told with every answer, and count down', async () => {
    const bank = await house.onboard('Told');
    for (const left of [4, 3]) {
      const { headers } = await ask(bank).expect(200);
      expect(headers['ratelimit-policy']).toBe(POLICY);
      const [, credential, reset, tenant] = STATE.exec(headers.ratelimit ?? '') ?? [];
      expect([Number(credential), Number(tenant)]).toEqual([left, left + 3]);
      expect(Number(reset)).toBeGreaterThan(0);
      expect(Number(reset)).toBeLessThanOrEqual(600);
      expect(headers['retry-after']).toBeUndefined();
    }
  });

  it('refuse a spent credential without a look at the database, and say when to come again', async () => {
    const bank = await house.onboard('Spent');
    const other = await house.onboard('Other');
    expect(await statuses(bank, 6)).toEqual([OK, OK, OK, OK, OK, NO]);
    const waiting = await whileTablesAreLocked(house, async (isSomebodyWaiting) => {
      const waits = ask(other).then(({ status }) => status);
      await isSomebodyWaiting();
      const refused = await ask(bank).expect(429);
      expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', status: 429 });
      const [, reset] = /^"credential";r=0;t=(\d+)$/.exec(refused.headers.ratelimit ?? '') ?? [];
      expect(refused.headers['retry-after']).toBe(reset);
      return { waits };
    });
    expect(await waiting.waits).toBe(200);
  });

  it('hold for all credentials of a tenant together, and for no other tenant', async () => {
    const bank = await house.onboard('Two');
    const second = await siblingOf(bank);
    expect(await statuses(bank, 4)).toEqual([OK, OK, OK, OK]);
    expect(await statuses(second, 5)).toEqual([OK, OK, OK, OK, NO]);
    expect((await ask(second)).headers.ratelimit).toMatch(/^"tenant";r=0/);
    expect((await ask(bank)).status).toBe(NO);
    const market = await house.onboard('Beside');
    expect(await statuses(market, 1)).toEqual([OK]);
  });

  it('take nothing from a tenant for what its spent credential still sends', async () => {
    const bank = await house.onboard('Flood');
    const second = await siblingOf(bank);
    expect(await statuses(bank, 20)).toEqual([...Array<number>(5).fill(OK), ...Array<number>(15).fill(NO)]);
    // The first refusal was the tenant's sixth; the other fourteen were not counted.
    expect(await statuses(second, 3)).toEqual([OK, OK, NO]);
  });

  it('take more for a long body', async () => {
    const bank = await house.onboard('Long');
    const chunked = house.http
      .post('/v1/subjects/lookup')
      .auth(bank.token, { type: 'bearer' })
      .set('Content-Type', 'application/json');
    chunked.write('{"externalId":"cust-1"}');
    const { headers } = await chunked.expect(404);
    expect(headers.ratelimit).toMatch(/^"credential";r=0;t=\d+, "tenant";r=0;t=\d+$/);
  });

  it('are counted by all processes together', async () => {
    const bank = await house.onboard('Instances');
    await withSecondApi(async (door) => {
      expect(await statuses(bank, 3)).toEqual([OK, OK, OK]);
      expect(await statuses(bank, 3, door)).toEqual([OK, OK, NO]);
      expect((await ask(bank)).status).toBe(NO);
    });
  });

  it('hold for tokens asked for in the name of one client, rightly or not', async () => {
    const bank = await house.onboard('Guessed');
    const seen: number[] = [];
    for (let time = 0; time < 4; time += 1) seen.push((await tokenOf(bank.clientId, 'wrong')).status);
    expect(seen).toEqual([401, 401, 401, NO]);
    await whileTablesAreLocked(house, async () => {
      const refused = await tokenOf(bank.clientId, bank.clientSecret).expect(429);
      expect(refused.body).toMatchObject({ code: 'RATE_LIMITED', error: 'invalid_request' });
      expect(refused.headers['retry-after']).toMatch(/^\d+$/);
      expect(refused.headers['ratelimit-policy']).toBe('"address";q=40;w=600, "client";q=4;w=600');
      expect(refused.headers.ratelimit).toMatch(/^"address";r=\d+;t=\d+$/);
    });
  });

  it('hold for tokens asked for from one address, and keep no address', async () => {
    const seen = new Set<number>();
    for (let time = 0; time < 41; time += 1) seen.add((await tokenOf('nobody', 'x')).status);
    expect(seen).toEqual(new Set([401, NO]));
    const client = new Redis(redis.url);
    const keys = await client.keys('personr:rate:*');
    client.disconnect();
    expect(keys.length).toBeGreaterThan(3);
    const shape =
      /^personr:rate:((credential|tenant):[0-9a-f-]{36}|client:([0-9a-f-]{36}\.[0-9a-f-]{36}|malformed)|address:[\w-]{43})$/;
    expect(keys.filter((key) => !shape.test(key))).toEqual([]);
    expect(house.logLines.filter((line) => line.includes('127.0.0.1'))).toEqual([]);
  });
});
