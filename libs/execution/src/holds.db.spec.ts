import { AuditLog } from '@personr/audit';
import { EndHold, PlaceHold } from '@personr/instruction';
import { type ElementCode } from '@personr/law';
import { type NewHold } from '@personr/subjects';
import { Bench, type Case, NOTHING } from './execution.bench.spec-helper.js';
import { vaultThat } from './execution.faults.spec-helper.js';

describe('a hold', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterAll(() => bench.close());

  const aHold = ({ subjectId }: Case, changes: Partial<NewHold> = {}): NewHold => ({
    subjectId,
    elements: ['FULL_NAME'],
    ground: 'EX_LEGAL',
    citation: 'Cal. Civ. Code 1798.145(a)(1)',
    endsAt: new Date(bench.clock.now().getTime() + 86_400_000),
    reviewAt: null,
    ...changes,
  });
  const place = (hold: NewHold) =>
    bench.within((tx) =>
      new PlaceHold(bench.subjects.inventory, bench.holds, new AuditLog(), bench.clock).run(tx, bench.bank, {
        hold,
        instruction: null,
      }),
    );
  const ending = () => new EndHold(bench.tenancy, bench.holds, new AuditLog(), bench.clock);
  const stateOf = async (order: Case) => (await bench.view(order)).instruction.state;
  const elementsOf = async ({ subjectId }: Case): Promise<ElementCode[]> => {
    const read = { subjectId, purpose: 'EX_LEGAL' } as const;
    return (await bench.subjects.read.run(bench.bank, read)).map(({ element }) => element).sort();
  };
  const EVERYTHING = { elements: [], ground: 'EX_COURT' } as const;

  it('R-81: of everything, before execution, stops it until it is released', async () => {
    const order = await bench.aCase();
    const hold = await place(aHold(order, EVERYTHING));
    expect(await stateOf(order)).toBe('ON_HOLD');
    const before = await bench.remains(order);
    expect(await bench.run(bench.worker(), order)).toBe(false);
    expect(await bench.remains(order)).toEqual(before);
    await ending().release(bench.bank, { id: hold.id, reason: 'RELEASED_BY_COURT' });
    expect(await stateOf(order)).toBe('APPROVED');
    expect(await bench.run(bench.worker(), order)).toBe(true);
    expect(await stateOf(order)).toBe('COMPLETED');
    expect(await bench.remains(order)).toEqual(NOTHING);
  });

  it('R-77, R-79: of a part keeps that part readable, and its end erases it by itself', async () => {
    const order = await bench.aCase();
    const hold = await place(aHold(order));
    expect(await bench.run(bench.worker(), order)).toBe(true);
    expect(await stateOf(order)).toBe('COMPLETED_WITH_EXCEPTIONS');
    expect(await elementsOf(order)).toEqual(['FULL_NAME']);
    expect((await bench.receipt(order)).body).toMatchObject({
      outcome: 'COMPLETED_WITH_EXCEPTIONS',
      exceptions: [{ holdId: hold.id, ground: 'EX_LEGAL', elements: 'FULL_NAME' }],
    });
    bench.clock.set(hold.endsAt!);
    expect(await bench.run(bench.worker(), { ...order, workId: await bench.workOf(hold.id) })).toBe(true);
    expect(await stateOf(order)).toBe('ERASING');
    expect(await bench.run(bench.worker(), order)).toBe(true);
    expect(await stateOf(order)).toBe('COMPLETED');
    expect(await bench.remains(order)).toEqual(NOTHING);
    expect((await bench.receipt(order)).body).toMatchObject({ outcome: 'COMPLETED', exceptions: [] });
    expect(await bench.holds.list(bench.bank.tenantId)).toEqual([]);
  });

  it('R-81: placed while an erasure has not begun to destroy holds back', async () => {
    const order = await bench.aCase();
    const { vault } = bench.parts;
    const worker = bench.worker({
      vault: vaultThat(vault, { after: 'intend', what: () => place(aHold(order)) }),
    });
    expect(await bench.run(worker, order)).toBe(true);
    expect(await stateOf(order)).toBe('COMPLETED_WITH_EXCEPTIONS');
    expect(await elementsOf(order)).toEqual(['FULL_NAME']);
  });

  it('R-79: that ends while the rest is erased is erased all the same', async () => {
    const order = await bench.aCase();
    const hold = await place(aHold(order));
    const { vault } = bench.parts;
    const early = () =>
      ending()
        .release(bench.bank, { id: hold.id, reason: 'GROUND_ENDED' })
        .catch(() => undefined);
    const worker = bench.worker({ vault: vaultThat(vault, { before: 'shredAll', what: early }) });
    expect(await bench.run(worker, order)).toBe(false);
    expect(await bench.run(worker, order)).toBe(true);
    expect(await stateOf(order)).toBe('COMPLETED');
    expect(await bench.remains(order)).toEqual(NOTHING);
    expect((await bench.receipt(order)).body).toMatchObject({ outcome: 'COMPLETED', exceptions: [] });
  });

  it('R-81: placed while an erasure destroys, or after it, says what is gone', async () => {
    const order = await bench.aCase({ scopeElements: ['FULL_NAME'] });
    const refusals: unknown[] = [];
    const { vault } = bench.parts;
    const late = () => place(aHold(order)).catch((error: unknown) => refusals.push(error));
    const worker = bench.worker({ vault: vaultThat(vault, { before: 'shredAll', what: late }) });
    expect(await bench.run(worker, order)).toBe(true);
    await late();
    const refusal = { code: 'ALREADY_ERASED', message: expect.stringContaining('FULL_NAME') as unknown };
    expect(refusals).toEqual([expect.objectContaining(refusal), expect.objectContaining(refusal)]);
    const whole = await bench.aCase();
    await bench.run(bench.worker(), whole);
    await expect(place(aHold(whole))).rejects.toMatchObject({ code: 'ALREADY_ERASED' });
  });

  it('R-76: without a listed ground, a term, or of everything on a ground for parts, is refused', async () => {
    const order = await bench.aCase();
    const refused = [
      [{ ground: 'EX_ANYTHING' }, 'EXCEPTION_GROUND_UNKNOWN'],
      [{ elements: [] }, 'EXCEPTION_SCOPE_TOO_WIDE'],
      [{ endsAt: null }, 'HOLD_TERM_INVALID'],
      [{ endsAt: bench.clock.now() }, 'HOLD_TERM_INVALID'],
    ] as const;
    for (const [changes, code] of refused)
      await expect(place(aHold(order, changes))).rejects.toMatchObject({ code });
  });
});
