import { openTenancy } from '@personr/tenancy';
import { waitFor } from '@personr/testkit';
import { Crash, behindFuse, FrozenEvidence, Fuse } from './outside.spec-helper.js';
import { LogBench, type TestLog } from './log-bench.spec-helper.js';

/** More than a run has, of whatever kind. */
const MOST_POINTS = 200;

describe('a sequencer that dies', () => {
  let bench: LogBench;

  beforeAll(async () => {
    bench = await LogBench.open();
  });
  afterAll(async () => {
    await bench.close();
  });

  /** Appends an entry that sorts before all that wait: who sequences anew gives other places. */
  const appendEarlier = async (log: TestLog) => {
    bench.clock.advance(-5000);
    const ids = await bench.append(log, 1);
    bench.clock.advance(5000);
    return ids;
  };

  const startAt = async (size: number): Promise<{ log: TestLog; ids: string[] }> => {
    const log = await bench.log();
    const ids = size === 0 ? [] : await bench.append(log, size);
    await bench.drain(log);
    return { log, ids };
  };

  it.each([
    [0, 3],
    [253, 8],
    [256, 1],
  ])(
    'at any point between %i entries and %i more is made good by the next one, in one tree',
    async (size, more) => {
      let points = 0;
      for (let isThrough = false; !isThrough; points += 1) {
        const { log, ids } = await startAt(size);
        ids.push(...(await bench.append(log, more)), (await bench.closeOne(log)).entryId);
        isThrough = await bench.work(log, behindFuse(bench.outside, new Fuse(points))).then(
          () => true,
          (error: unknown) => {
            expect(error).toBeInstanceOf(Crash);
            return false;
          },
        );
        ids.push(...(await appendEarlier(log)));
        await bench.drain(log);
        const { entries } = await bench.intact(log);
        expect(entries.map(({ id }) => id).sort()).toEqual(ids.sort());
        expect(await bench.expectEvidence(log)).toBe(ids.length);
        expect(points).toBeLessThan(MOST_POINTS);
      }
      expect(points).toBeGreaterThan(15);
    },
    180_000,
  );

  it('again while it makes good what another left is made good by the third', async () => {
    for (const first of [8, 9, 20]) {
      for (let second = 0; second < 24; second += 4) {
        const { log, ids } = await startAt(254);
        ids.push(...(await bench.append(log, 5)));
        for (const point of [first, second]) {
          await bench.work(log, behindFuse(bench.outside, new Fuse(point))).catch((error: unknown) => {
            expect(error).toBeInstanceOf(Crash);
          });
          ids.push(...(await appendEarlier(log)));
        }
        await bench.drain(log);
        expect((await bench.intact(log)).entries.map(({ id }) => id).sort()).toEqual(ids.sort());
        expect(await bench.expectEvidence(log)).toBe(ids.length);
      }
    }
  }, 180_000);

  it.each([
    ['before its tree was recorded', 1],
    ['before it laid out what was signed', 2],
    ['before it laid out its checkpoint', 3],
  ])('not, but was stopped %s and goes on when another has gone further, spoils nothing', async (_, nth) => {
    const { log, ids } = await startAt(250);
    ids.push(...(await bench.append(log, 4)));
    const frozen = new FrozenEvidence(bench.outside.evidence, nth);
    const elsewhere = openTenancy({ ...bench.databases, poolSize: 1 });
    const stopped = bench.work(log, { ...bench.outside, evidence: frozen }, elsewhere);
    const outcome = stopped.then(
      () => 'went through',
      () => 'failed',
    );
    await frozen.frozen;
    await endHolders(bench);
    ids.push(...(await appendEarlier(log)));
    await bench.drain(log);
    ids.push(...(await bench.append(log, 3)));
    await bench.drain(log);
    frozen.letGo();
    expect(await outcome).toBe('failed');
    ids.push(...(await bench.append(log, 1)));
    await bench.drain(log);
    await elsewhere.close();
    expect((await bench.intact(log)).entries.map(({ id }) => id).sort()).toEqual(ids.sort());
    expect(await bench.expectEvidence(log)).toBe(ids.length);
  });
});

/** Ends the connections of whoever is in the middle of a transaction. */
async function endHolders(bench: LogBench): Promise<void> {
  const ended = async () => {
    const holders = await bench.owner.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and state = 'idle in transaction'`,
    );
    return holders.rowCount === 1;
  };
  await waitFor(ended, { what: 'the holder of the head' });
}
