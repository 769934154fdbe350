import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@personr/testkit';
import { type ApiProcess, spawnApi } from './api-process.js';
import { type BatchAnswer, BatchExchange } from './batch-exchange.js';
import { aDelete, anAdmission } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { importAll } from './import-exchange.js';
import { RunningClock } from './running-clock.js';

const MINUTES = Number(process.env.PERSONR_LONG_MINUTES ?? 10);
const LINES = Number(process.env.PERSONR_LONG_LINES ?? 100_000);
const A_ROUND = 10_000;
const HELD = 1000;
/** Of the api's heap, so that what grows is no garbage that was left lying. */
const HEAP_MIB = 96;
/** How much more the process may hold, of memory of whatever kind, after the first fifth of a batch than in it. */
const GROWTH_MIB = 32;
/** How much more may be left when all garbage has been collected: 50 bytes a line of 80,000. */
const RETAINED_MIB = 4;
const COLLECTING = `--import=${join(process.cwd(), 'tools/e2e/src/heap-after-gc.mjs')}`;

const say = (line: string): void => void process.stderr.write(`batch: ${line}\n`);

const residentMib = (pid: number): number => {
  const [, kibibytes = '0'] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
};

/** What the process holds when all its garbage has been collected. */
async function retainedMib(api: ApiProcess): Promise<number> {
  const answers = () => [...api.said().matchAll(/^retained (\d+)$/gm)];
  const before = answers().length;
  process.kill(api.pid, 'SIGWINCH');
  const [, bytes] = await waitFor(() => Promise.resolve(answers()[before]), {
    what: 'the garbage to be collected',
    timeoutMs: 60_000,
  });
  return Number(bytes) / 2 ** 20;
}

describe('a batch in full', () => {
  let house: House;
  let bank: TestTenant;
  let api: ApiProcess | undefined;

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    bank = await house.onboard('Bank');
    const people = Array.from({ length: HELD }, (_, at) => ({
      key: `row-${at}`,
      ...anAdmission(`cust-${at}`),
    }));
    await importAll(house, bank, people);
  }, 600_000);

  afterAll(async () => {
    await api?.end('SIGKILL');
    await house.stop();
  });

  /** A person who is held and of whom there is no order yet, every hundredth; else somebody who is not held. */
  const order = (round: string, at: number) => ({
    key: `${round}-${at}`,
    ...aDelete({ externalId: `cust-${at % 100 === 0 ? (at / 100) % HELD : HELD + at}` }),
  });

  /** Sends so many lines and hands on each answer as it comes. */
  const send = async (
    round: string,
    count: number,
    onAnswer: (answer: BatchAnswer) => void,
  ): Promise<BatchAnswer | undefined> => {
    const exchange = new BatchExchange(api?.url ?? '', bank);
    const sending = (async () => {
      for (let at = 0; at < count; at += 1) await exchange.send(order(round, at));
      exchange.end();
    })();
    sending.catch(() => undefined);
    let last: BatchAnswer | undefined;
    try {
      for (let answer = await exchange.next(); answer !== undefined; answer = await exchange.next()) {
        last = answer;
        onAnswer(answer);
      }
    } catch {
      // It was killed.
    }
    exchange.destroy();
    return last;
  };

  /** A token lasts ten minutes; whoever comes with an older one is told so, and comes again. */
  const sendWhole = async (round: string, count: number, onAnswer: (answer: BatchAnswer) => void) => {
    for (;;) {
      const last = await send(round, count, onAnswer);
      if (last?.summary?.complete === true) return last.summary;
      if (last?.summary?.code !== 'TOKEN_EXPIRED') throw new Error(`it ended with ${JSON.stringify(last)}`);
      const issued = await house.http
        .post('/oauth/token')
        .auth(bank.clientId, bank.clientSecret)
        .type('form')
        .send({ grant_type: 'client_credentials' });
      bank = { ...bank, token: (issued.body as { access_token: string }).access_token };
    }
  };

  const instructions = async (): Promise<number> => {
    const { rows } = await house.owner.query<{ n: number }>(
      'select count(*)::int as n from instruction where tenant_id = $1',
      [bank.tenantId],
    );
    return rows[0]?.n ?? 0;
  };

  it(
    'takes 100,000 orders in flat memory',
    async () => {
      const options = `--max-old-space-size=${HEAP_MIB} ${COLLECTING}`;
      const going = (api = await spawnApi(house, { NODE_OPTIONS: options }));
      const idle = residentMib(going.pid);
      let [early, most] = [0, 0];
      const retained: Promise<number>[] = [];
      const began = performance.now();
      const summary = await sendWhole('full', LINES, ({ line = 0 }) => {
        if (line === 0 || line % (LINES / 100) !== 0) return;
        const now = residentMib(going.pid);
        most = Math.max(most, now);
        if (line <= LINES / 5) early = Math.max(early, now);
        // One after the other: each is known by its place among the answers.
        if (line % (LINES / 5) === 0)
          retained.push((retained.at(-1) ?? Promise.resolve(0)).then(() => retainedMib(going)));
      });
      const seconds = (performance.now() - began) / 1000;
      const [first = 0, ...later] = await Promise.all(retained);
      say(`${Math.round(LINES / seconds)} orders a second; ${Math.round(idle)} MiB idle,`);
      say(`${Math.round(early)} MiB at most in the first fifth, ${Math.round(most)} MiB in all;`);
      say(
        `without garbage, fifth by fifth: ${[first, ...later].map((mib) => mib.toFixed(1)).join(', ')} MiB`,
      );
      expect(summary).toMatchObject({ complete: true, lines: LINES, refused: 0 });
      expect(later).toHaveLength(4);
      expect(Math.max(...later) - first).toBeLessThan(RETAINED_MIB);
      expect(most - early).toBeLessThan(GROWTH_MIB);
      expect(await instructions()).toBe(LINES);
    },
    60 * 60_000,
  );

  it(
    'is whole however often the api is killed in the middle of it',
    async () => {
      const deadline = performance.now() + MINUTES * 60_000;
      let expected = await instructions();
      for (let round = 1; round === 1 || performance.now() < deadline; round += 1) {
        const name = `round-${round}`;
        const ids = new Map<number, string>();
        const remember = ({ line, id }: BatchAnswer): void => {
          if (line === undefined || id === undefined) return;
          expect(ids.get(line) ?? id).toBe(id);
          ids.set(line, id);
        };
        for (const share of [0.2, 0.5, 0.8]) {
          const killed = (api ??= await spawnApi(house));
          let ending: Promise<void> | undefined;
          await send(name, A_ROUND, (answer) => {
            remember(answer);
            if ((answer.line ?? 0) >= A_ROUND * share) ending ??= killed.end('SIGKILL');
          });
          await ending;
          api = undefined;
        }
        api = await spawnApi(house);
        const summary = await sendWhole(name, A_ROUND, remember);
        expect(summary).toMatchObject({ complete: true, lines: A_ROUND, refused: 0 });
        expected += A_ROUND;
        expect([name, new Set(ids.values()).size, await instructions()]).toEqual([name, A_ROUND, expected]);
        say(`${name} is whole`);
      }
    },
    (MINUTES + 60) * 60_000,
  );
});
