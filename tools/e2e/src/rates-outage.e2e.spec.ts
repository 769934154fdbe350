import { createApi } from '@personr/api';
import { ephemeralDirectory, type RedisServer, removeDirectory, startRedis } from '@personr/stack';
import { waitFor } from '@personr/testkit';
import { pino } from 'pino';
import supertest from 'supertest';
import { type House, startHouse, type TestTenant } from './house.js';

type Door = House['http'];

const AWAY = 'Redis is away: each process counts rates for itself';
const BACK = 'Redis is back: rates are counted for all processes together';
const OK = 200;
const NO = 429;

describe('the limits of rates while Redis fails', () => {
  let house: House;
  let redis: RedisServer;
  let second: Awaited<ReturnType<typeof createApi>>;
  const secondLines: string[] = [];
  const directory = ephemeralDirectory('rates-outage');

  beforeAll(async () => {
    redis = await startRedis({ directory });
    house = await startHouse({
      worker: false,
      rates: { windowSeconds: 600, credentialRequests: 3 },
      redis: redis.url,
    });
    const logger = pino({ level: 'debug' }, { write: (line: string) => secondLines.push(line) });
    second = await createApi(house.apiConfig, house.clock, logger);
  });

  afterAll(async () => {
    await second.close();
    await house.stop();
    await redis.stop();
    removeDirectory(directory);
  });

  const statuses = async ({ token }: TestTenant, times: number, door: Door): Promise<number[]> => {
    const seen: number[] = [];
    for (let time = 0; time < times; time += 1)
      seen.push((await door.get('/v1/subjects?limit=1').auth(token, { type: 'bearer' })).status);
    return seen;
  };

  const said = (sentence: string): Promise<true> =>
    waitFor(
      () => {
        // Nest's logger is one for all apps of a process: either may hold what both said.
        const told = [...house.logLines, ...secondLines].filter((line) => line.includes('Redis is'));
        const both = told.length > 1 && told.slice(-2).every((line) => line.includes(sentence));
        return Promise.resolve(both || undefined);
      },
      { what: `both processes to say that ${sentence}` },
    );

  const expectEachForItself = async (bank: TestTenant): Promise<void> => {
    expect(await statuses(bank, 4, house.http)).toEqual([OK, OK, OK, NO]);
    expect(await statuses(bank, 4, supertest(second.getHttpServer()))).toEqual([OK, OK, OK, NO]);
  };

  const expectTogether = async (bank: TestTenant): Promise<void> => {
    expect(await statuses(bank, 2, house.http)).toEqual([OK, OK]);
    expect(await statuses(bank, 2, supertest(second.getHttpServer()))).toEqual([OK, NO]);
  };

  it('are kept by each process when it is killed, and together again when it is back', async () => {
    const [during, after] = [await house.onboard('During a death'), await house.onboard('After a death')];
    redis.kill('SIGKILL');
    await expectEachForItself(during);
    await said(AWAY);
    await redis.restart();
    await said(BACK);
    await expectTogether(after);
  });

  it('are kept by each process when it hangs, which holds no request up for good', async () => {
    const [during, after] = [await house.onboard('During a hang'), await house.onboard('After a hang')];
    redis.kill('SIGSTOP');
    try {
      await expectEachForItself(during);
      await said(AWAY);
    } finally {
      redis.kill('SIGCONT');
    }
    await said(BACK);
    await expectTogether(after);
  });
});
