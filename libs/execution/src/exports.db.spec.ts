import { type NewInstruction } from '@personr/instruction';
import { anExport } from '@personr/instruction/testing';
import { type InstructionId, type KeyId, newId } from '@personr/kernel';
import { findPackage, type ReadPackage } from '@personr/packages';
import { packagesOver } from '@personr/packages/testing';
import { subjectPrefix } from '@personr/stores';
import { aNewConsent, aNewRecord } from '@personr/subjects/testing';
import { Bench, type Case, NOTHING, OBJECTS } from './execution.bench.spec-helper.js';
import { DyingTenancy, Fault, vaultThat } from './execution.faults.spec-helper.js';

const EXPORT_STORY = ['instruction.accepted', 'package.started', 'package.sealed', 'instruction.closed'];

describe('an export', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterEach(async () => {
    await bench.log();
  });

  afterAll(() => bench.close());

  const asked = (over: Partial<NewInstruction> = {}): Partial<NewInstruction> => {
    const { subject, ...order } = anExport({ audience: 'BUSINESS' }, over);
    return subject.by === 'ID' ? { ...order, subject } : order;
  };
  const order = () => bench.aCase(asked());
  const stateOf = async (one: Case) => (await bench.view(one)).instruction.state;
  const reader = (): ReadPackage => {
    const parts = {
      ...bench.parts,
      objects: OBJECTS,
      clock: bench.clock,
      signer: { forOrigin: () => null as never },
    };
    return packagesOver(parts).read;
  };
  const take = async (id: InstructionId): Promise<number> => {
    const { bytes } = await reader().run(bench.bank, id, () => null);
    let size = 0;
    for await (const piece of bytes) size += piece.length;
    return size;
  };
  /** Packages, attempts, and objects beside the one document. */
  const leftOf = async ({ subjectId, instructionId }: Case) => {
    const prefix = subjectPrefix(bench.bank.tenantId, subjectId);
    const rows = await bench.within((tx) =>
      tx.package.findMany({ where: { instructionId }, select: { state: true } }),
    );
    return { packages: rows.map(({ state }) => state), objects: (await OBJECTS.remaining({ prefix })) - 1 };
  };
  const expectGivenOnce = async (one: Case) => {
    expect(await stateOf(one)).toBe('COMPLETED');
    expect((await bench.story(one)).sort()).toEqual([...EXPORT_STORY].sort());
    expect(await leftOf(one)).toEqual({ packages: ['READY'], objects: 1 });
    const stored = await bench.within((tx) => findPackage(tx, one.instructionId));
    expect(await take(one.instructionId)).toBe(stored!.sizeBytes);
    const { body } = await bench.receipt(one);
    expect(body).toMatchObject({
      outcome: 'COMPLETED',
      type: 'EXPORT',
      answer: { nature: 'GIVEN' },
      package: { manifestSha256: stored!.manifestSha256, sizeBytes: stored!.sizeBytes, documents: 1 },
      sealedAt: null,
    });
  };

  it('R-42, R-51: ends with a package, its entries and a receipt that names it', async () => {
    const one = await order();
    expect(await bench.run(bench.worker(), one)).toBe(true);
    await expectGivenOnce(one);
    const { history, steps, deadlines } = await bench.view(one);
    expect(history.map(({ to }) => to).slice(-6)).toEqual([
      'APPROVED',
      'PACKAGING',
      'DELIVERING',
      'RESPONDING',
      'RESPONDED',
      'COMPLETED',
    ]);
    expect(steps).toMatchObject([{ name: 'BUILD_PACKAGE', state: 'DONE', done: 5, total: 5 }]);
    expect(deadlines.every(({ metAt }) => metAt !== null)).toBe(true);
  });

  it('R-70: has one package and one end wherever a worker dies', async () => {
    for (let at = 1, survived = false; !survived; at += 1) {
      for (const when of ['before the commit', 'after the commit'] as const) {
        const one = await order();
        const tenancy = new DyingTenancy(bench.tenancy, { at, when });
        await bench.run(bench.worker({ tenancy }), one).catch((error: unknown) => {
          if (!(error instanceof Fault)) throw error;
        });
        survived = tenancy.survived;
        bench.waitForLease();
        await bench.run(bench.worker(), one);
        bench.clock.advance(301_000);
        const parts = {
          ...bench.parts,
          objects: OBJECTS,
          clock: bench.clock,
          signer: { forOrigin: () => null as never },
        };
        await packagesOver(parts).sweep.run();
        await expectGivenOnce(one);
      }
    }
  });

  it('R-53: waits while a store does not answer, and goes on by itself', async () => {
    const one = await order();
    const vault = vaultThat(bench.parts.vault, {
      before: 'open',
      what: () => {
        throw new Fault('the key store is away');
      },
    });
    await expect(bench.run(bench.worker({ vault }), one)).rejects.toThrow(Fault);
    expect(await stateOf(one)).toBe('PACKAGING');
    expect(await leftOf(one)).toEqual({ packages: [], objects: 0 });
    bench.waitForLease();
    await bench.run(bench.worker(), one);
    await expectGivenOnce(one);
  });

  it('R-44: that would hold a forbidden value is not released, says so once, and leaves nothing', async () => {
    const subjectId = await bench.admit(`gate-${newId(bench.clock.now())}`, {
      records: [aNewRecord({ element: 'SSN', value: '987-65-4329' })],
      consents: [aNewConsent({ version: 'of 987654329' })],
    });
    await bench.addDocument(subjectId);
    const one = await bench.instruct(subjectId, { ...anExport(), subject: { by: 'ID', id: subjectId } });
    const vault = vaultThat(bench.parts.vault, {
      before: 'open',
      what: () => {
        throw new Fault('the key store is away');
      },
    });
    await expect(bench.run(bench.worker({ vault }), one)).rejects.toThrow(Fault);
    bench.waitForLease();
    for (let time = 1; time <= 3; time += 1) {
      expect(await bench.run(bench.worker(), one)).toBe(false);
      bench.waitForLease();
    }
    expect(await stateOf(one)).toBe('PACKAGING');
    expect(await leftOf(one)).toEqual({ packages: [], objects: 0 });
    expect((await bench.story(one)).sort()).toEqual([
      'instruction.accepted',
      'package.blocked',
      'package.started',
    ]);
  });

  it('R-27: a DELETE that was ordered after it waits, says so once, and goes on when it has ended', async () => {
    const one = await order();
    bench.clock.advance(1000);
    const erasure = await bench.instruct(one.subjectId);
    expect(await bench.run(bench.worker(), erasure)).toBe(false);
    bench.waitForLease();
    expect(await bench.run(bench.worker(), erasure)).toBe(false);
    expect(await stateOf(erasure)).toBe('QUEUED');
    await bench.run(bench.worker(), one);
    await expectGivenOnce(one);
    bench.waitForLease();
    expect(await bench.run(bench.worker(), erasure)).toBe(true);
    expect(await stateOf(erasure)).toBe('COMPLETED');
    const story = await bench.story(erasure);
    expect(story.filter((event) => event.startsWith('instruction.')).sort()).toEqual([
      'instruction.accepted',
      'instruction.closed',
      'instruction.released',
      'instruction.sequenced',
    ]);
    expect(await bench.remains(erasure)).toEqual(NOTHING);
    await expect(take(one.instructionId)).rejects.toMatchObject({ code: 'PACKAGE_EXPIRED' });
    const { body } = await bench.receipt(erasure);
    expect(body.stores).toContainEqual({ store: 'packages', erased: 1, remaining: 0 });
  });

  it('R-52: an erasure of a part takes the package too, which may hold that part', async () => {
    const one = await order();
    await bench.run(bench.worker(), one);
    bench.clock.advance(1000);
    const erasure = await bench.instruct(one.subjectId, { scopeElements: ['FULL_NAME'] });
    await bench.run(bench.worker(), erasure);
    expect(await stateOf(erasure)).toBe('COMPLETED');
    expect(await leftOf(one)).toEqual({ packages: [], objects: 0 });
    await expect(take(one.instructionId)).rejects.toMatchObject({ code: 'PACKAGE_EXPIRED' });
  });

  it('R-52: goes with its Business at once, also of somebody of whom a part is held', async () => {
    const other = await bench.another();
    const one = await other.aCase(asked());
    await other.run(other.worker(), one);
    const { keyId } = await other.within((tx) =>
      tx.package.findFirstOrThrow({ where: { instructionId: one.instructionId } }),
    );
    await other.hold(one.subjectId, { ground: 'EX_LEGAL', elements: ['FULL_NAME'] });
    const order = await other.leave();
    await other.run(other.worker(), order);
    expect((await other.view(order)).instruction.unreadableAt).not.toBeNull();
    const { vault } = other.parts;
    expect(await vault.gone(other.bank.tenantId, [keyId as KeyId])).toEqual([keyId]);
    const kept = await other.subjects.inventory.run(other.bank.tenantId, one.subjectId);
    expect(kept.elements.map(({ element }) => element)).toEqual(['FULL_NAME']);
  });

  it('of somebody who is erased meanwhile ends with nothing held', async () => {
    const erasure = await bench.aCase();
    bench.clock.advance(1000);
    const late = await bench.instruct(erasure.subjectId, asked());
    await bench.run(bench.worker(), erasure);
    expect(await bench.run(bench.worker(), late)).toBe(true);
    expect(await stateOf(late)).toBe('CLOSED_NO_DATA');
    expect((await bench.receipt(late)).body).toMatchObject({ answer: { nature: 'NOTHING_HELD' } });
  });

  it('R-49: is owed twice in twelve months, to each consumer, and the Business may ask as often as it likes', async () => {
    const subjectId = await bench.admit(`limit-${newId(bench.clock.now())}`);
    const send = (over: Partial<NewInstruction> = {}) => bench.instruct(subjectId, asked(over));
    await send();
    await send();
    await expect(send()).rejects.toMatchObject({ code: 'KNOW_LIMIT_REACHED' });
    const categories = anExport({ content: 'CATEGORIES' }).export!;
    await expect(send({ export: categories })).resolves.toBeDefined();
    await expect(send({ basis: 'END_OF_PURPOSE', consumerRequest: null })).resolves.toBeDefined();
    await expect(bench.aCase(asked())).resolves.toBeDefined();
  });

  it('R-49: is given once more when the Business waives the limit; the log says why, and it counts', async () => {
    const subjectId = await bench.admit(`waived-${newId(bench.clock.now())}`);
    const send = (over: Partial<NewInstruction> = {}) => bench.instruct(subjectId, asked(over));
    const waiving = { export: { ...asked().export!, waiver: 'GOODWILL' } } as const;
    await send();
    await send(waiving);
    await expect(send()).rejects.toMatchObject({ code: 'KNOW_LIMIT_REACHED' });
    const { instructionId } = await send(waiving);
    await expect(send()).rejects.toMatchObject({ code: 'KNOW_LIMIT_REACHED' });
    const { entries } = await bench.log();
    const accepted = entries.filter(
      (entry) => entry.instructionId === instructionId && entry.event === 'instruction.accepted',
    );
    expect(accepted).toMatchObject([{ detail: { waiver: 'GOODWILL' } }]);
    await expect(send({ ...waiving, basis: 'END_OF_PURPOSE', consumerRequest: null })).rejects.toMatchObject({
      code: 'SCOPE_INVALID',
    });
  });

  it('R-43: is refused without its audience, R-30: without a declaration, and where no level is enough', async () => {
    const subjectId = await bench.admit(`bare-${newId(bench.clock.now())}`);
    await expect(bench.instruct(subjectId, { type: 'EXPORT' })).rejects.toMatchObject({
      code: 'AUDIENCE_REQUIRED',
    });
    const { verification } = anExport();
    const unsworn = { ...verification!, declaration: false };
    const weak = { ...verification!, level: 'NONE' } as const;
    await expect(bench.instruct(subjectId, asked({ verification: weak }))).rejects.toMatchObject({
      code: 'NOT_VERIFIED',
    });
    await expect(bench.instruct(subjectId, asked({ verification: unsworn }))).rejects.toMatchObject({
      code: 'DECLARATION_MISSING',
    });
  });
});
