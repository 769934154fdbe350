import { type EntryId, newId } from '@personr/kernel';
import { sql, type TenantTx } from '@personr/tenancy';
import { AuditLog } from './audit-log.js';
import { type Caller } from './audit-event.js';
import { CountReads } from './count-reads.js';
import { CountedLog } from './counted-log.js';
import { LaterCounts } from './later-counts.js';
import {
  type EntryFilter,
  findEntries,
  firstIdAt,
  leadingOf,
  LOOKED_AT_MOST,
  statementOf,
} from './find-entries.js';
import { LogBench, type TestLog } from './log-bench.spec-helper.js';
import { LogFiles } from './log-files.js';
import { ReadEntries } from './read-entries.js';

const START = Date.parse('2026-01-01T00:00:00.000Z');
const COUNT = 60_000;
const RARE = '019a0000-0000-7000-8000-00000000aaaa';
const at = (index: number) => new Date(START + index * 10);

describe('the entries of a log', () => {
  let bench: LogBench;
  let log: TestLog;
  let other: TestLog;

  beforeAll(async () => {
    bench = await LogBench.open();
    [log, other] = [await bench.log(), await bench.log()];
    for (const { tenantId } of [log, other]) await fill(tenantId);
    await bench.owner.query('analyze log_entry');
  });

  afterAll(() => bench.close());

  /** Many entries of one event, the oldest 100 of an actor of their own, every thousandth refused and about a subject. */
  const fill = (tenantId: string) =>
    bench.owner.query(
      `insert into log_entry (tenant_id, position, entry_id, event, instruction_id, entry, subject_ref, actor, outcome)
       select $1, i, (substr(t, 1, 8) || '-' || substr(t, 9) || '-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
              case when i % 7 = 0 then 'values.read' else 'records.added' end,
              case when i % 1000 = 0 then $2::text::uuid end, '\\x7b7d', case when i % 1000 = 0 then repeat('a', 32) end,
              case when i < 100 then $2::text else 'SYSTEM' end, case when i % 1000 = 0 then 'REFUSED' else 'DONE' end
         from generate_series(0, ${COUNT - 1}) i, lpad(to_hex($3::bigint + i * 10), 12, '0') t`,
      [tenantId, RARE, START],
    );

  const inLog = <T>(work: (tx: TenantTx) => Promise<T>, { tenantId } = log): Promise<T> =>
    bench.tenancy.forTenant(tenantId, work);
  const find = (filter: EntryFilter, after: EntryId | null = null, limit = 50) =>
    inLog((tx) => findEntries(tx, filter, { after, limit }));
  const places = (ids: readonly EntryId[]) => ids.map((id) => Number.parseInt(id.slice(24), 16));

  const ALL: readonly EntryFilter[] = [
    {},
    { event: 'values.read' },
    { actor: RARE },
    { outcome: 'REFUSED' },
    { subjectRef: 'a'.repeat(32) as never },
    { instructionId: RARE as never },
    { from: at(20_000), to: at(20_100) },
    { event: 'values.read', from: at(20_000), to: at(20_100) },
  ];

  it.each(ALL)('are found by an index, whose rows are the page and no more: %j', async (filter) => {
    const plan = await inLog(async (tx) => {
      // Of a few dozen rows the planner may sort all; that it need not is what holds for any number.
      await tx.$executeRaw`set local enable_sort = off`;
      await tx.$executeRaw`set local enable_bitmapscan = off`;
      const wanted = statementOf(tx, { filter, leading: leadingOf(filter), before: null, window: 51 });
      return tx.$queryRaw<{ 'QUERY PLAN': object[] }[]>(
        sql.fragment`explain (analyze, format json) ${wanted}`,
      );
    });
    const text = JSON.stringify(plan);
    expect(text).not.toContain('Seq Scan');
    expect(text).not.toContain('"Sort"');
    expect(text).not.toMatch(/"Rows Removed by Filter":\s*[1-9]\d/);
  });

  it('are all found, in pages, newest first, by every filter and by two at once', async () => {
    const refused = [];
    for (let after: EntryId | null = null; ;) {
      const { ids, next } = await find({ outcome: 'REFUSED' }, after, 7);
      refused.push(...places(ids));
      if (next === null) break;
      after = next;
    }
    expect(refused).toEqual(Array.from({ length: 60 }, (_, index) => (59 - index) * 1000));
    const both = await find({ outcome: 'REFUSED', event: 'values.read' });
    expect(places(both.ids)).toEqual(refused.filter((index) => index % 7 === 0));
    const between = await find({ from: at(100), to: at(103) });
    expect(places(between.ids)).toEqual([102, 101, 100]);
    expect(firstIdAt(new Date(-1))).toBe(firstIdAt(new Date(0)));
  });

  it('end a page that finds little after 20,000 looks, and the next goes on until all were looked at', async () => {
    const pages = [];
    let after: EntryId | null = null;
    do {
      const page = await find({ actor: 'SYSTEM', event: 'nothing.happened' }, after);
      pages.push(page);
      after = page.next;
    } while (after !== null && pages.length < 10);
    expect(pages.map(({ ids }) => ids)).toEqual([[], [], []]);
    expect(places(pages.flatMap(({ next }) => next ?? []))).toEqual(
      [1, 2].map((n) => COUNT - n * LOOKED_AT_MOST),
    );
  });
});

describe('reads of a log', () => {
  let bench: LogBench;
  let log: TestLog;
  let caller: Caller;

  beforeAll(async () => {
    bench = await LogBench.open();
  });

  beforeEach(async () => {
    log = await bench.log();
    caller = {
      tenantId: log.tenantId,
      actor: { kind: 'API_CLIENT', id: newId(bench.clock.now()) },
      requestId: 'ffffffff-0000-4000-8000-000000000000',
    };
  });

  afterAll(() => bench.close());

  const entries = async () => {
    await bench.drain(log);
    return (await bench.intact(log)).entries;
  };
  const counting = (audit = new AuditLog()) => {
    const counted = new CountedLog(bench.tenancy, audit, bench.clock);
    const later = new LaterCounts(counted);
    return { reads: new CountReads(counted, later, bench.clock), counted, later };
  };

  it('R-101: of a thousand files leave one entry an hour for each kind, and their number at the end', async () => {
    const { reads, counted, later } = counting();
    await Promise.all(Array.from({ length: 20 }, () => reads.run(caller, 'tiles')));
    await reads.run(caller, 'bundles');
    // Another process knows of nothing, and leaves no second entry.
    await counting().reads.run(caller, 'tiles');
    const kinds = ['GET /v1/evidence/tile/entries/{path}', 'GET /v1/evidence/tile/{path}'];
    const first = await entries();
    expect(first.map(({ detail }) => detail?.route).sort()).toEqual(kinds);
    expect(first.every(({ event, detail }) => event === 'evidence.read' && detail?.form === 'LOG')).toBe(
      true,
    );
    await later.flush();
    expect(await counted.tell(log.tenantId)).toBe(0);
    bench.clock.advance(3_600_000);
    expect(await counted.tell(log.tenantId)).toBe(2);
    const told = (await entries()).slice(2);
    expect(told).toMatchObject([{ event: 'evidence.read', detail: { count: 20, route: kinds[1] } }]);
    await reads.run(caller, 'tiles');
    expect(await entries()).toHaveLength(4);
  });

  it('R-101: are not given out when the log cannot say so, and are noted when they are asked for again', async () => {
    const broken = new AuditLog();
    const { reads } = counting(broken);
    const append = jest.spyOn(broken, 'appendAll').mockRejectedValueOnce(new Error('the database is away'));
    await expect(reads.run(caller, 'tiles')).rejects.toThrow('the database is away');
    append.mockRestore();
    await reads.run(caller, 'tiles');
    expect(await entries()).toMatchObject([{ event: 'evidence.read' }]);
  });

  it('show what the bundles hold, by id and place, and note how many were shown', async () => {
    const ids = await bench.append(log, 3);
    await entries();
    const reading = new ReadEntries(bench.tenancy, new AuditLog(), bench.clock);
    const page = await reading.run(caller, {}, { after: null, limit: 2 });
    expect(new Set(page.entries.map(({ id }) => id)).size).toBe(2);
    expect(page.entries.every(({ id, index }) => ids.includes(id) && index < 3)).toBe(true);
    expect((await entries()).at(-1)).toMatchObject({
      event: 'evidence.read',
      detail: { form: 'ENTRIES', count: 2 },
    });
  });

  it('lay the log out as the evidence store has it, at every width that it has had', async () => {
    await bench.append(log, 300);
    await entries();
    const files = new LogFiles();
    const read = (path: string) => bench.tenancy.forTenant(log.tenantId, (tx) => files.read(tx, path));
    const kept = (path: string) => bench.outside.evidence.get(`${log.origin}/${path}`);
    for (const path of [
      'tile/0/000',
      'tile/0/001.p/44',
      'tile/1/000.p/1',
      'tile/entries/000',
      'tile/entries/001.p/44',
    ]) {
      const [own, stored] = [await read(path), await kept(path)];
      expect(own).not.toBeNull();
      expect(Buffer.from(own!.bytes).equals(Buffer.from(stored!))).toBe(true);
      expect(own!.isFull).toBe(!path.includes('.p/'));
    }
    const whole = (await read('tile/0/000'))!.bytes;
    expect((await read('tile/0/000.p/17'))!.bytes).toEqual(whole.subarray(0, 17 * 32));
    for (const path of [
      'tile/0/001',
      'tile/0/001.p/45',
      'tile/1/000.p/2',
      'tile/2/000.p/1',
      'tile/entries/001.p/45',
    ]) {
      expect(await read(path)).toBeNull();
    }
  });
});
