import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckLog } from './check-log.js';
import { AuditLog } from './audit-log.js';
import { LogBench, type TestLog } from './log-bench.spec-helper.js';
import { LogProbe } from './log.probe.js';
import { type LogSigner } from './log-signer.js';
import { LogWatch } from './log-watch.js';

describe('R-99: a log that is derived anew', () => {
  let bench: LogBench;
  let log: TestLog;
  let check: CheckLog;
  const watch = new LogWatch();

  beforeAll(async () => {
    bench = await LogBench.open();
    check = new CheckLog(
      bench.tenancy,
      bench.clock,
      bench.witness as unknown as LogSigner,
      bench.outside,
      new AuditLog(),
    );
  });
  beforeEach(async () => {
    log = await bench.log();
    await bench.append(log, 600);
    await bench.drain(log);
  });
  afterAll(async () => {
    await bench.close();
  });

  const fileOf = (path: string) => join(bench.directory, log.origin, path);
  const flip = (path: string, at = 40) => {
    const bytes = readFileSync(fileOf(path));
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(fileOf(path), bytes);
  };
  const health = () => new LogProbe(bench.tenancy, watch).check();
  const broken = async (): Promise<number> => Number((await health()).AUDIT_CHAIN_BROKEN ?? 0);

  it('holds, and raises nothing', async () => {
    const before = await health();
    expect(await check.tail(log.tenantId)).toEqual({
      entries: 600,
      brokenAt: null,
      isNews: false,
      isLast: true,
    });
    expect(await check.whole(log.tenantId)).toMatchObject({ brokenAt: null });
    expect(await health()).toEqual(before);
  });

  it.each([
    [
      'an entry',
      300,
      'update log_entry set entry = set_byte(entry, 9, get_byte(entry, 9) # 1) where tenant_id = $1 and position = 300',
    ],
    ['no entry at its place', 300, 'delete from log_entry where tenant_id = $1 and position = 300'],
    [
      'a hash in a tile',
      256,
      'update log_tile set hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) where tenant_id = $1 and level = 0 and position = 1',
    ],
    [
      'a hash further up',
      256,
      'update log_tile set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where tenant_id = $1 and level = 1',
    ],
    ['no tile', 0, 'delete from log_tile where tenant_id = $1 and level = 0 and position = 0'],
    [
      'another root',
      600,
      'update log_head set root = set_byte(root, 0, get_byte(root, 0) # 1) where tenant_id = $1',
    ],
    ['a smaller size', 599, 'update log_head set size = size - 1 where tenant_id = $1'],
  ])('is found broken when somebody gives it %s in PostgreSQL', async (_, position, tampering) => {
    const before = await broken();
    await bench.owner.query(tampering, [log.tenantId]);
    expect(await check.tail(log.tenantId)).toMatchObject({ brokenAt: position, isNews: true });
    expect(await broken()).toBe(before + 1);
    const { rows } = await bench.owner.query<{ entry: Buffer }>(
      'select entry from audit_outbox where tenant_id = $1',
      [log.tenantId],
    );
    expect(rows.map(({ entry }) => JSON.parse(entry.toString()) as object)).toEqual([
      expect.objectContaining({
        event: 'log.broken',
        reasonCode: 'AUDIT_CHAIN_BROKEN',
        detail: { position },
      }),
    ]);
    expect(await check.tail(log.tenantId)).toMatchObject({ isNews: false });
    expect(await broken()).toBe(before + 1);
  });

  it.each([
    [
      'a byte of a bundle',
      256,
      () => {
        flip('tile/entries/001', 60);
      },
    ],
    [
      'a bundle that is none',
      256,
      () => {
        writeFileSync(fileOf('tile/entries/001'), 'x');
      },
    ],
    [
      'no bundle',
      256,
      () => {
        rmSync(fileOf('tile/entries/001'));
      },
    ],
    [
      'a byte of a tile',
      257,
      () => {
        flip('tile/0/001');
      },
    ],
    [
      'no newest bundle',
      512,
      () => {
        rmSync(fileOf('tile/entries/002.p'), { recursive: true });
      },
    ],
  ])('is found broken when somebody gives it %s in the evidence store', async (_, position, tamper) => {
    expect(readdirSync(fileOf('tile/entries'))).toContain('001');
    tamper();
    expect(await check.tail(log.tenantId)).toMatchObject({ brokenAt: position, isNews: true });
  });

  it('keeps its alarm until a person has looked and it holds again', async () => {
    flip('tile/entries/001', 60);
    await check.tail(log.tenantId);
    const raised = await broken();
    expect((await check.whole(log.tenantId)).brokenAt).toBe(256);
    expect(await broken()).toBe(raised);
    flip('tile/entries/001', 60);
    expect(await check.tail(log.tenantId)).toMatchObject({ brokenAt: null });
    expect(await broken()).toBe(raised);
    expect((await check.whole(log.tenantId)).brokenAt).toBeNull();
    expect(await broken()).toBe(raised - 1);
  });

  it('is looked through step by step, and goes on after a restart where it was', async () => {
    await bench.append(log, 6000);
    await bench.drain(log);
    const due = () =>
      bench.tenancy.forRelay((tx) =>
        watch.roundsDue(tx, { begunBefore: new Date(bench.clock.now().getTime() - 86_400_000), limit: 99 }),
      );
    expect(await check.step(log.tenantId)).toMatchObject({ entries: 5120, isLast: false });
    expect(await due()).toContain(log.tenantId);
    const again = new CheckLog(
      bench.tenancy,
      bench.clock,
      bench.witness as unknown as LogSigner,
      bench.outside,
      new AuditLog(),
    );
    expect(await again.step(log.tenantId)).toMatchObject({ entries: 1480, isLast: true, brokenAt: null });
    expect(await due()).not.toContain(log.tenantId);
    bench.clock.advance(86_400_001);
    expect(await due()).toContain(log.tenantId);
    expect(await check.step(log.tenantId)).toMatchObject({ entries: 5120 });
  });

  it('has its newest entries looked at again after a minute, while it grows', async () => {
    const due = () => {
      const ago = (milliseconds: number) => new Date(bench.clock.now().getTime() - milliseconds);
      return bench.tenancy.forRelay((tx) =>
        watch.tailsDue(tx, { activeSince: ago(3_600_000), checkedBefore: ago(60_000), limit: 99 }),
      );
    };
    expect(await due()).toContain(log.tenantId);
    await check.tail(log.tenantId);
    expect(await due()).not.toContain(log.tenantId);
    bench.clock.advance(60_001);
    expect(await due()).toContain(log.tenantId);
    bench.clock.advance(3_600_000);
    expect(await due()).not.toContain(log.tenantId);
  });

  it('is no alarm when a store does not answer', async () => {
    const down = { ...bench.outside.heads, read: () => Promise.reject(new Error('down')) };
    const away = { readAll: () => down.read(), swapAll: () => down.read() };
    const blind = new CheckLog(
      bench.tenancy,
      bench.clock,
      bench.witness as unknown as LogSigner,
      { ...bench.outside, heads: { ...down, ...away } },
      new AuditLog(),
    );
    const before = await broken();
    await expect(blind.tail(log.tenantId)).rejects.toThrow('down');
    expect(await broken()).toBe(before);
  });
});
