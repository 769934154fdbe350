import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type EntryId, type InstructionId, newId } from '@personr/kernel';
import { openCheckpoint, parseVkey, verifyInclusion, hashLeaf } from '@personr/proof';
import { AnchoredReader } from './anchored-reader.js';
import { type Caller } from './audit-event.js';
import { AuditLog } from './audit-log.js';
import { CheckLog } from './check-log.js';
import { ExportLog } from './export-log.js';
import { LogBench, type TestLog } from './log-bench.spec-helper.js';
import { LogFiles } from './log-files.js';
import { LogReader } from './log-reader.js';
import { type LogSigner } from './log-signer.js';
import { type Period } from './log-snapshot.js';
import { PruneLog } from './prune-log.js';
import { ReadEntries } from './read-entries.js';

const audit = new AuditLog();
const RETENTION = { months: 24, zone: 'America/Los_Angeles' };
const OLD = new Date('2020-03-01T12:00:00.000Z');

describe('R-96: entries at the end of their retention', () => {
  let bench: LogBench;
  let log: TestLog;
  let pruneLog: PruneLog;

  beforeAll(async () => {
    bench = await LogBench.open();
    pruneLog = new PruneLog(bench.tenancy, bench.clock, bench.outside);
  });
  beforeEach(async () => {
    bench.clock.set(OLD);
    log = await bench.log();
  });
  afterAll(async () => {
    await bench.close();
  });

  /** An entry about an instruction, at the next place. */
  const about = async (instructionId: InstructionId, event: string, at: Date) => {
    await bench.tenancy.forTenant(log.tenantId, (tx) =>
      audit.append(tx, { event, at, actor: { kind: 'SYSTEM' }, instructionId }),
    );
    await bench.drain(log);
  };
  const prune = (before: number | null = null, retention = RETENTION) =>
    pruneLog.run(log.tenantId, before, retention);
  const entries = () => bench.tenancy.forTenant(log.tenantId, (tx) => tx.logEntry.count());
  const fileOf = (path: string) => join(bench.directory, log.origin, path);
  const check = () =>
    new CheckLog(
      bench.tenancy,
      bench.clock,
      bench.witness as unknown as LogSigner,
      bench.outside,
      audit,
    ).whole(log.tenantId);

  it.each([
    ['2020-03-01T12:00:00.000Z', '2022-03-02T07:59:59.999Z', '2022-03-02T08:00:00.000Z'],
    ['2020-02-29T20:00:00.000Z', '2022-03-01T07:59:59.999Z', '2022-03-01T08:00:00.000Z'],
  ])('of %s stay through %s and may go from %s on', async (at, through, from) => {
    bench.clock.set(new Date(at));
    await bench.append(log, 300);
    await bench.drain(log);
    bench.clock.set(new Date(through));
    expect(await prune()).toBe(0);
    await expect(prune(256)).rejects.toMatchObject({ code: 'RECORD_RETENTION' });
    expect(await entries()).toBe(300);
    bench.clock.set(new Date(from));
    expect(await prune(256)).toBe(256);
    expect(await entries()).toBe(44);
  });

  it('leave their hashes: what stays is proved as before, the log goes on, and what went is refused by name', async () => {
    await bench.append(log, 600);
    await bench.drain(log);
    bench.clock.set(new Date('2026-01-01T12:00:00.000Z'));
    expect(await prune()).toBe(512);
    expect(await prune()).toBe(512);
    expect([0, 1, 2].map((bundle) => existsSync(fileOf(`tile/entries/00${bundle}`)))).toEqual([
      false,
      false,
      false,
    ]);
    expect(existsSync(fileOf('tile/entries/002.p/88'))).toBe(true);
    expect([0, 1].map((tile) => existsSync(fileOf(`tile/0/00${tile}`)))).toEqual([true, true]);
    const read = (path: string) =>
      bench.tenancy.forTenant(log.tenantId, (tx) => new LogFiles().read(tx, path));
    await expect(read('tile/entries/001')).rejects.toMatchObject({ code: 'ENTRIES_PRUNED' });
    expect(await read('tile/0/001')).not.toBeNull();
    const [id] = await bench.append(log, 3);
    await bench.drain(log);
    await bench.tenancy.forTenant(log.tenantId, async (tx) => {
      const { entry, proof } = (await new LogReader().prove(tx, id as EntryId))!;
      const { size, root } = openCheckpoint(proof.checkpoint, [parseVkey(bench.witness.vkey(log.origin))]);
      verifyInclusion(hashLeaf(entry), { ...proof, size }, root);
    });
    expect(await check()).toMatchObject({ brokenAt: null });
    expect(await bench.importer().gap(log.tenantId)).toEqual({ from: 603, size: 603 });
  });

  it('are not in a list or a pack of what is left, and whoever asks for their time is told so', async () => {
    await bench.append(log, 300);
    await bench.drain(log);
    const between = new Date('2020-04-01T12:00:00.000Z');
    bench.clock.set(between);
    await bench.append(log, 100);
    await bench.drain(log);
    bench.clock.set(new Date('2026-01-01T12:00:00.000Z'));
    expect(await prune(300)).toBe(256);
    const caller: Caller = { tenantId: log.tenantId, actor: { kind: 'OPERATOR' } };
    const list = (period: Period) =>
      new ReadEntries(bench.tenancy, audit, bench.clock).run(caller, period, { after: null, limit: 500 });
    const exporter = new ExportLog(bench.tenancy, audit, bench.clock, new AnchoredReader(bench.tenancy));
    const pack = async (period: Period) => {
      const snapshot = await exporter.begin(caller, period);
      const [paths, found]: [string[], number[]] = [[], []];
      for await (const { path } of exporter.files(snapshot)) paths.push(path);
      for await (const some of exporter.entries(snapshot)) found.push(...some.map(({ index }) => index));
      return { paths, found };
    };
    expect((await list({})).entries).toHaveLength(144);
    expect((await list({ from: between })).entries).toHaveLength(100);
    for (const period of [{ from: OLD }, { to: OLD }, { from: new Date(0), to: between }]) {
      await expect(list(period)).rejects.toMatchObject({ code: 'ENTRIES_PRUNED' });
      await expect(pack(period)).rejects.toMatchObject({ code: 'ENTRIES_PRUNED' });
    }
    const { paths, found } = await pack({});
    expect(found).toHaveLength(144);
    expect(paths).toContain('tile/0/000');
    expect(paths.filter((path) => path.startsWith('tile/entries/'))).toEqual(['tile/entries/001.p/144']);
    expect((await pack({ from: between })).found).toHaveLength(100);
  });

  it('stay while the answer to their instruction is not that old, or was not given', async () => {
    const [open, late] = [newId<'instruction'>(OLD), newId<'instruction'>(OLD)];
    await bench.append(log, 300);
    await bench.drain(log);
    await about(late, 'instruction.accepted', OLD);
    await bench.append(log, 300);
    await bench.drain(log);
    await about(open, 'instruction.accepted', OLD);
    await bench.append(log, 300);
    await bench.drain(log);
    await about(late, 'instruction.closed', new Date('2023-06-01T12:00:00.000Z'));
    await bench.drain(log);
    bench.clock.set(new Date('2024-01-01T12:00:00.000Z'));
    expect(await prune()).toBe(256);
    await expect(prune(512)).rejects.toMatchObject({ code: 'RECORD_RETENTION' });
    bench.clock.set(new Date('2025-06-03T12:00:00.000Z'));
    expect(await prune()).toBe(512);
    expect(await prune()).toBe(512);
    await about(open, 'instruction.closed', new Date('2023-06-02T12:00:00.000Z'));
    await bench.drain(log);
    bench.clock.set(new Date('2026-01-01T12:00:00.000Z'));
    expect(await prune()).toBe(768);
  });

  it('are kept for longer where the policy says so, and never for less than 24 months', async () => {
    await bench.append(log, 256);
    await bench.drain(log);
    bench.clock.set(new Date('2024-01-01T12:00:00.000Z'));
    expect(await prune(null, { ...RETENTION, months: 60 })).toBe(0);
    await expect(prune(null, { ...RETENTION, months: 23 })).rejects.toMatchObject({
      code: 'RECORD_RETENTION',
    });
    expect(await prune()).toBe(256);
  });

  it('are let go by nobody who asks PostgreSQL too early, nor by the role that appends', async () => {
    bench.clock.set(new Date());
    await bench.append(log, 256);
    await bench.drain(log);
    const ask = bench.tenancy.forRelay((tx) => tx.$queryRaw`select prune_log(${log.tenantId}::uuid, 256)`);
    await expect(ask).rejects.toThrow(/24 months/u);
    const own = bench.tenancy.forTenant(
      log.tenantId,
      (tx) => tx.bulk`select prune_log(${log.tenantId}::uuid, 256)`,
    );
    await expect(own).rejects.toMatchObject({ code: '42501' });
    expect(await entries()).toBe(256);
  });

  it('go from the evidence store too when the process died after they went from the database', async () => {
    await bench.append(log, 300);
    await bench.drain(log);
    bench.clock.set(new Date('2026-01-01T12:00:00.000Z'));
    await bench.tenancy.forRelay((tx) => tx.$queryRaw`select prune_log(${log.tenantId}::uuid, 256)`);
    expect(existsSync(fileOf('tile/entries/000'))).toBe(true);
    expect(await prune()).toBe(256);
    expect(existsSync(fileOf('tile/entries/000'))).toBe(false);
    expect(await check()).toMatchObject({ brokenAt: null });
  });
});
