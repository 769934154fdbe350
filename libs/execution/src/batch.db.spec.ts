import { registerBackupSet } from './backup-set.repository.js';
import { newId } from '@personr/kernel';
import { Bench, NOTHING } from './execution.bench.spec-helper.js';
import { completeReceiptsOver } from './testing.js';
import { Fault, vaultThat } from './execution.faults.spec-helper.js';

const HOUR = 3_600_000;

describe('erasures of one tenant together', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterAll(() => bench.close());

  const someCases = async (count: number) => {
    const orders = [];
    for (let number = 0; number < count; number += 1) orders.push(await bench.aCase());
    return orders;
  };

  it('R-70: each end with a receipt of their own, by one shredding', async () => {
    const orders = await someCases(12);
    let shreddings = 0;
    const { vault } = bench.parts;
    const counted = vaultThat(vault, { before: 'shredAll', what: () => (shreddings += 1) });
    expect(await bench.run(bench.worker({ vault: counted }, 100), orders[0]!)).toBe(true);
    expect(shreddings).toBe(1);
    for (const order of orders) {
      expect(await bench.remains(order)).toEqual(NOTHING);
      expect(await bench.receipt(order)).toMatchObject({ outcome: 'COMPLETED' });
    }
  });

  it('R-70: are carried out by the bell of one that has ended already', async () => {
    const [ended, ...others] = await someCases(3);
    await bench.run(bench.worker(), ended!);
    expect(await bench.run(bench.worker({}, 100), ended!)).toBe(true);
    for (const order of others) expect(await bench.remains(order)).toEqual(NOTHING);
    expect(await bench.run(bench.worker({}, 100), ended!)).toBe(false);
  });

  it('R-70: that fail together go on each alone', async () => {
    const orders = await someCases(3);
    const { vault } = bench.parts;
    let calls = 0;
    const faulty = vaultThat(vault, {
      after: 'shredAll',
      what: () => {
        calls += 1;
        if (calls === 1) throw new Fault('a fault');
      },
    });
    expect(await bench.run(bench.worker({ vault: faulty }, 100), orders[0]!)).toBe(true);
    expect(calls).toBe(4);
    for (const order of orders) expect(await bench.remains(order)).toEqual(NOTHING);
  });

  it('R-61: have a second entry and edition of their receipts when no guess can be confirmed any more', async () => {
    // Somebody of whom no identity is kept, and somebody of whom one is, hashed, for the policy's thirty days.
    const nameless = await bench.aCase({ scopeElements: ['SELFIE'] });
    const named = await bench.aCase();
    for (const order of [nameless, named]) {
      await bench.run(bench.worker(), order);
      expect((await bench.receipt(order)).body).toMatchObject({ unguessableAt: null });
    }
    const { tenantId } = bench.bank;
    const complete = completeReceiptsOver({ ...bench.parts, clock: bench.clock });
    const due = () => bench.tenancy.forRelay((tx) => complete.due(tx, 9));
    bench.clock.advance(21 * HOUR);
    expect(await due()).toEqual([tenantId]);
    expect(await complete.run(tenantId)).toBe(0);
    // The key of the day's requests lives until the second midnight: a whole request could be guessed.
    expect(await due()).toEqual([]);
    bench.clock.advance(10 * HOUR);
    expect(await due()).toEqual([tenantId]);
    expect(await complete.run(tenantId)).toBeGreaterThan(0);
    const afterItsDay = { unguessableAt: bench.clock.now().toISOString(), outcome: 'COMPLETED' };
    expect((await bench.receipt(nameless)).body).toMatchObject(afterItsDay);
    expect((await bench.story(nameless)).at(-1)).toBe('receipt.completed');
    expect(await complete.run(tenantId)).toBe(0);
    expect(await due()).toEqual([]);

    expect((await bench.receipt(named)).body).toMatchObject({ unguessableAt: null });
    const dueAt = (await bench.view(named)).instruction.unguessableDueAt;
    bench.clock.advance(dueAt!.getTime() - bench.clock.now().getTime() - 24 * HOUR - 1000);
    expect(await due()).toEqual([]);
    expect(await complete.run(tenantId)).toBe(0);
    const asked = { use: 'suppression', windows: [{ day: '2026-11-24', days: 30 }], identities: [] };
    expect(await bench.parts.vault.windowMacs(tenantId, asked)).toEqual([[]]);
    bench.clock.advance(1000);
    expect(await due()).toEqual([tenantId]);
    expect(await complete.run(tenantId)).toBeGreaterThan(0);
    expect(await bench.parts.vault.windowMacs(tenantId, asked)).toEqual([null]);
    const atLast = { unguessableAt: bench.clock.now().toISOString(), outcome: 'COMPLETED' };
    expect((await bench.receipt(named)).body).toMatchObject(atLast);
    expect(await due()).toEqual([]);
  });

  it('R-61: are never said to be completed while a set of copies holds the keys that open it', async () => {
    const [order] = await someCases(1);
    const set = { id: newId<'backup'>(bench.clock.now()), name: 'tape-7', madeAt: bench.clock.now() };
    await bench.within((tx) => registerBackupSet(tx, { ...set, contains: ['DATA', 'KEYRING'] }));
    expect(await bench.run(bench.worker(), order!)).toBe(false);
    expect((await bench.view(order!)).instruction).toMatchObject({
      state: 'ERASING_BACKUPS',
      finishedAt: null,
    });
    const work = await bench.within((tx) => tx.work.findFirstOrThrow({ where: { id: order!.workId } }));
    expect(work.lastCode).toBe('BACKUP_COPY_REMAINS');
  });
});
