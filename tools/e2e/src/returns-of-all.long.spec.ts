import { waitFor } from '@personr/testkit';
import { aReturnOfAll, idOf } from './bodies.js';
import { DocumentWire } from './document-wire.js';
import { type House, startHouse, tenantOf, type TestTenant } from './house.js';
import { takenWhole } from './returned-parts.js';
import { sentBy } from './sent-by.js';
import { takeIn } from './take-in.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';
import { RunningClock } from './running-clock.js';

const CROWD = Number(process.env.PERSONR_LONG_SUBJECTS ?? 100_000);
const A_ROUND = 5_000;
const KILLS = 10;
const MOST_MILLISECONDS = 3_600_000;

const say = (line: string): void => void process.stderr.write(`return of everything: ${line}\n`);

describe('the return of a hundred thousand, whose worker is killed again and again', () => {
  let house: House;
  let bank: TestTenant;
  let worker: WorkerProcess | undefined;

  beforeAll(async () => {
    house = await startHouse({ worker: false, clock: new RunningClock() });
    bank = await house.onboard('Bank');
  });

  afterAll(async () => {
    await worker?.kill();
    await house.stop();
  });

  it(
    'R-57: loses and doubles nobody, and erases all of them after the acknowledgement',
    async () => {
      const mine: string[] = [];
      for (let from = 0; from < CROWD; from += A_ROUND) {
        // A token lives ten minutes.
        bank = await tenantOf(house.http, bank);
        mine.push(...(await takeIn(house, bank, Math.min(A_ROUND, CROWD - from), from)));
        say(`${mine.length} taken in`);
      }
      const order = idOf(await bank.post('/v1/instructions', aReturnOfAll()).expect(202));
      const built = async (): Promise<number> => {
        const { rows } = await house.owner.query<{ done: number }>(
          `select done from execution_step where name = 'BUILD_PACKAGE' and instruction_id = $1`,
          [order],
        );
        return rows[0]?.done ?? 0;
      };
      for (let kill = 1; kill <= KILLS; kill += 1) {
        worker = spawnWorker(house, { leaseSeconds: 2 });
        const target = (CROWD * kill) / (KILLS + 1);
        await waitFor(async () => ((await built()) >= target ? true : undefined), {
          what: `${target} subjects in parts`,
          timeoutMs: MOST_MILLISECONDS,
        });
        await worker.kill();
      }
      worker = spawnWorker(house, { leaseSeconds: 30 });
      const from = performance.now();
      await waitFor(async () => ((await built()) >= CROWD ? true : undefined), {
        what: 'the last part',
        timeoutMs: MOST_MILLISECONDS,
      });
      say(`the last eleventh took ${Math.round(performance.now() - from)} ms`);
      bank = await tenantOf(house.http, bank);
      const { manifestSha256 } = await sentBy(house, bank, order);
      const { lines, counts } = await takenWhole(await DocumentWire.open(house, bank), order);
      expect(lines.map(({ id }) => id)).toEqual([...mine].sort());
      expect(counts.subjects).toBe(CROWD);
      const body = { manifestSha256, receivedAt: new Date().toISOString() };
      await bank.post(`/v1/instructions/${order}/acknowledge`, body).expect(200);
      await house.owner.query(`update package set ends_at = now() where state = 'BUILDING'`);
      const state = await waitFor(
        async () => {
          const { rows } = await house.owner.query<{ state: string }>(
            'select state from instruction where id = $1 and finished_at is not null',
            [order],
          );
          return rows[0]?.state;
        },
        { what: 'everything to be erased', timeoutMs: MOST_MILLISECONDS },
      );
      expect(state).toBe('COMPLETED');
    },
    2 * MOST_MILLISECONDS,
  );
});
