import { AuditLog, EndLogs, type Ending } from '@personr/audit';
import { type Actor } from '@personr/audit';
import { Bench, type Leaving } from './execution.bench.spec-helper.js';

const HOUR = 3_600_000;

describe('the log of a tenant that left', () => {
  let bench: Bench;
  let leaving: Leaving;
  let endLogs: EndLogs;
  const audit = new AuditLog();

  beforeEach(async () => {
    bench = await Bench.open();
    endLogs = new EndLogs(bench.tenancy, bench.clock, audit);
    await bench.admit('cust-1');
    leaving = await bench.leave();
  });
  afterEach(async () => {
    await bench.close();
  });

  const erase = async () => {
    const worker = bench.worker();
    for (let turn = 0; turn < 20; turn += 1) {
      if ((await bench.view(leaving)).instruction.finishedAt !== null) return;
      await bench.run(worker, leaving);
      bench.clock.advance(60_000);
    }
    throw new Error('the tenant is not erased');
  };
  const due = (): Promise<Ending[]> => bench.tenancy.forRelay((tx) => endLogs.due(tx, 10));
  const step = async () => {
    let written = 0;
    for (const ending of await due()) written += await endLogs.run(ending);
    return written;
  };
  const append = (event: string, actor: Actor = bench.bank.actor) =>
    bench.within((tx) => audit.append(tx, { event, at: bench.clock.now(), actor }));
  const events = async () => (await bench.log()).entries.map(({ event }) => event);
  const end = async () => {
    await erase();
    bench.clock.advance(25 * HOUR);
    await step();
    await bench.log();
    bench.clock.advance(HOUR);
    expect(await step()).toBe(1);
  };

  it('does not end while anything is open, or was within a day', async () => {
    expect(await due()).toEqual([]);
    await erase();
    expect(await due()).toEqual([]);
    bench.clock.advance(23 * HOUR);
    expect(await due()).toEqual([]);
    bench.clock.advance(2 * HOUR);
    expect(await due()).toEqual([{ tenantId: bench.bank.tenantId, mayEnd: true }]);
  });

  it('ends by an entry that says so, under a signed checkpoint, once, and after all that came before', async () => {
    await erase();
    bench.clock.advance(25 * HOUR);
    await append('values.read');
    expect(await step()).toBe(0);
    bench.clock.advance(HOUR);
    // An entry still waits for its place.
    expect(await step()).toBe(0);
    await bench.log();
    expect(await step()).toBe(1);
    expect(await step()).toBe(0);
    expect((await events()).slice(-2)).toEqual(['values.read', 'log.ended']);
    expect(await due()).toEqual([]);
  });

  it('waits, when it has begun to end, for whoever was writing then', async () => {
    await erase();
    bench.clock.advance(25 * HOUR);
    await step();
    await bench.log();
    bench.clock.advance(100_000);
    expect(await step()).toBe(0);
    bench.clock.advance(30_000);
    expect(await step()).toBe(1);
  });

  it('takes nothing from then on: what is read is read, what would leave an entry is refused', async () => {
    await end();
    const before = await events();
    await expect(append('values.read')).rejects.toMatchObject({ code: 'TENANT_LEAVING' });
    await expect(append('instruction.closed', { kind: 'SYSTEM' })).rejects.toMatchObject({
      code: 'TENANT_LEAVING',
    });
    await append('evidence.read');
    await append('restore.performed', { kind: 'SYSTEM' });
    expect(await events()).toEqual(before);
    expect(before.at(-1)).toBe('log.ended');
    expect(await bench.receipt(leaving)).toMatchObject({ instructionId: leaving.instructionId });
  });

  it('R-99: is closed by the database too, whoever writes past us', async () => {
    await end();
    await bench.log();
    await bench.owner.query(
      `insert into audit_outbox (tenant_id, id, entry, created_at)
       select tenant_id, 'ffffffff-ffff-7fff-8fff-ffffffffffff', entry, now() from log_entry where tenant_id = $1 limit 1`,
      [bench.bank.tenantId],
    );
    await expect(bench.log()).rejects.toMatchObject({ code: '42501' });
    await expect(
      bench.within((tx) => tx.bulk`update log_head set ended_by = null where tenant_id = ${tx.tenantId}`),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('goes on when something was opened while it began to end', async () => {
    await erase();
    bench.clock.advance(25 * HOUR);
    await step();
    await bench.owner.query('update instruction set finished_at = null where tenant_id = $1', [
      bench.bank.tenantId,
    ]);
    expect(await due()).toEqual([{ tenantId: bench.bank.tenantId, mayEnd: false }]);
    await step();
    await append('instruction.closed', { kind: 'SYSTEM' });
    expect((await events()).at(-1)).toBe('instruction.closed');
  });
});
