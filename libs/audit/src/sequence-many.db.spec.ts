import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TenantId } from '@personr/kernel';
import { behindFuse, Crash, Fuse } from './outside.spec-helper.js';
import { LogBench, type TestLog } from './log-bench.spec-helper.js';
import { type LogName } from './signed-heads.js';

const MOST_POINTS = 200;

describe('many logs in one run', () => {
  let bench: LogBench;
  let logs: TestLog[];
  let ids: Map<TenantId, string[]>;
  let before: Set<string>;

  beforeAll(async () => {
    bench = await LogBench.open();
  });
  afterAll(async () => {
    await bench.close();
  });
  beforeEach(async () => {
    await arrange([0, 3, 255, 256]);
    before = new Set(await bench.outside.evidence.list('~staged'));
  });

  /** Logs of these sizes, laid out, with entries that wait. */
  const arrange = async (sizes: readonly number[]) => {
    logs = [];
    ids = new Map();
    for (const [at, size] of sizes.entries()) {
      const log = await bench.log();
      const own = size === 0 ? [] : await bench.append(log, size);
      await bench.drain(log);
      ids.set(log.tenantId, [...own, ...(await bench.append(log, 2 + at))]);
      logs.push(log);
    }
  };
  /** What was staged in this test and is not laid out. */
  const staged = async () =>
    (await bench.outside.evidence.list('~staged')).filter((name) => !before.has(name));
  const tenants = () => logs.map(({ tenantId }) => tenantId);
  const expectAll = async () => {
    for (const log of logs) {
      await bench.drain(log);
      const own = ids.get(log.tenantId)!;
      expect((await bench.intact(log)).entries.map(({ id }) => id).sort()).toEqual([...own].sort());
      expect(await bench.expectEvidence(log)).toBe(own.length);
    }
  };
  const sizesOf = () => Promise.all(logs.map(async (log) => (await bench.intact(log)).size));
  const refused = (sql: string, code = '42501') =>
    expect(
      bench.tenancy.forRelay((tx) => tx.bulk(Object.assign([sql], { raw: [sql] }))),
    ).rejects.toMatchObject({ code });

  it('get their places, each in its own tree, and say what came of each', async () => {
    const outcomes = await bench.sequencer().runAll(tenants());
    expect(tenants().map((tenantId) => outcomes.get(tenantId))).toEqual(
      [2, 3, 4, 5].map((entries) => ({ entries, hasMore: false, error: null })),
    );
    await expectAll();
  });

  it('lose nothing and fork nowhere, at whatever point the process dies', async () => {
    let isThrough = false;
    for (let point = 0; !isThrough; point += 1) {
      await arrange([0, 255]);
      const dying = behindFuse(bench.outside, new Fuse(point));
      const outcomes = [...(await bench.sequencer(dying).runAll(tenants())).values()];
      isThrough = outcomes.every(({ error }) => error === null);
      if (!isThrough) expect(outcomes.every(({ error }) => error instanceof Crash)).toBe(true);
      await expectAll();
      expect(point).toBeLessThan(MOST_POINTS);
    }
  }, 120_000);

  it('do not wait for one whose record was lost to somebody else', async () => {
    const [, stranger] = logs;
    const heads = {
      ...bench.outside.heads,
      read: (...place: [TenantId, string]) => bench.outside.heads.read(...place),
      readAll: (names: readonly LogName[]) => bench.outside.heads.readAll(names),
      swapAll: async (changes: Parameters<typeof bench.outside.heads.swapAll>[0]) => {
        const own = changes.filter(({ tenantId }) => tenantId !== stranger!.tenantId);
        const done = await bench.outside.heads.swapAll(own);
        return changes.map((change) => done[own.indexOf(change)] ?? false);
      },
    };
    const outcomes = await bench.sequencer({ ...bench.outside, heads }).runAll(tenants());
    expect(outcomes.get(stranger!.tenantId)).toMatchObject({ entries: 0, error: { code: 'LOG_FORKED' } });
    expect(await sizesOf()).toEqual([2, 3, 259, 261]);
  });

  it('do not wait for one that somebody else holds, nor for one whose evidence is gone', async () => {
    const [held, robbed] = logs;
    rmSync(join(bench.directory, robbed!.origin), { recursive: true });
    await bench.owner.query('begin');
    await bench.owner.query('select from log_head where tenant_id = $1 for update', [held!.tenantId]);
    const outcomes = await bench.sequencer().runAll(tenants());
    await bench.owner.query('rollback');
    expect(outcomes.has(held!.tenantId)).toBe(false);
    expect(outcomes.get(robbed!.tenantId)).toMatchObject({ error: { code: 'EVIDENCE_MISSING' } });
    expect(await sizesOf()).toEqual([0, 3, 259, 261]);
  });

  it('are done each alone when the data database refuses them together', async () => {
    const [bad] = logs;
    // A tile that is no tile, where its first is to be.
    await bench.owner.query("insert into log_tile values ($1, 0, 0, 1, decode(repeat('00', 32), 'hex'))", [
      bad!.tenantId,
    ]);
    const outcomes = await bench.sequencer().runAll(tenants());
    expect(outcomes.get(bad!.tenantId)).toMatchObject({ error: { code: '42501' } });
    await bench.owner.query('delete from log_tile where tenant_id = $1', [bad!.tenantId]);
    await expectAll();
  });

  it('are laid out as one bundle each, however many runs they took, and what was staged goes', async () => {
    for (const more of [1, 2, 1]) {
      await bench.sequencer().runAll(tenants());
      for (const log of logs) ids.get(log.tenantId)!.push(...(await bench.append(log, more)));
    }
    await bench.sequencer().runAll(tenants());
    expect(await staged()).toHaveLength(4);
    expect((await bench.layOut()).errors.size).toBe(0);
    expect(await staged()).toEqual([]);
    expect(await bench.outside.evidence.list(`${logs[0]!.origin}/tile/entries/000.p`)).toEqual(['6']);
    await expectAll();
  });

  it('stay staged while one of them cannot be laid out, which holds up no other', async () => {
    await bench.sequencer().runAll(tenants());
    const [, robbed, ...others] = logs;
    const tile = join(bench.directory, robbed!.origin, 'tile');
    rmSync(tile, { recursive: true });
    const { errors } = await bench.layOut();
    expect([...errors]).toEqual([[robbed!.tenantId, expect.objectContaining({ code: 'EVIDENCE_MISSING' })]]);
    expect(await staged()).toHaveLength(1);
    for (const log of others) expect(await bench.expectEvidence(log)).toBe(ids.get(log.tenantId)!.length);
  });

  it('R-01: are all that the relay may touch, and those only by growing', async () => {
    const { tenantId } = logs[1]!;
    await refused('select entry from audit_outbox');
    await refused('select origin from log_head');
    await refused('update log_head set size = size + 1');
    const waiting = "array(select id from sequence_waiting('{" + tenantId + "}', 1))";
    const none = "'{}', '{}', '{}', '{}'";
    const commit = ({ from = 3, next = 4, owner = tenantId, id = waiting, tiles = none }) => `
      select sequence_commit('{${tenantId}}', '{${from}}', '{${next}}', array[decode(repeat('00', 32), 'hex')], '{x}', '{[]}',
        now(), '{${owner}}', ${id}, '{e}', '{null}', '{null}', '{s}', '{DONE}', ${tiles})`;
    // What is right is taken, and given back.
    const right = bench.tenancy.forRelay(async (tx) => {
      await tx.bulk(Object.assign([commit({})], { raw: [commit({})] }));
      throw new Crash('not kept');
    });
    await expect(right).rejects.toBeInstanceOf(Crash);
    await refused(commit({ next: 5 }));
    await refused(commit({ from: 2, next: 3 }));
    await refused(commit({ from: 4, next: 5 }));
    await refused(commit({ owner: logs[2]!.tenantId }));
    await refused(commit({ id: `'{${tenantId}}'` }));
    const other = `'{${tenantId}}', '{0}', '{0}', array[decode(repeat('00', 128), 'hex')]`;
    await refused(commit({ tiles: other }));
    expect(await sizesOf()).toEqual([0, 3, 255, 256]);
  });
});
