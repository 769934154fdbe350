import { type Acknowledgement, type NewInstruction } from '@personr/instruction';
import { anExport, aReturn } from '@personr/instruction/testing';
import { DomainError, type InstructionId, newId } from '@personr/kernel';
import { findPackage, type ReadPackage } from '@personr/packages';
import { packagesOver } from '@personr/packages/testing';
import { subjectPrefix } from '@personr/stores';
import { aNewRecord, aNewSubject, subjectsOver } from '@personr/subjects/testing';
import { Bench, type Case, NOTHING, OBJECTS } from './execution.bench.spec-helper.js';
import { DyingTenancy, Fault, vaultThat } from './execution.faults.spec-helper.js';

const SENT_STORY = ['instruction.accepted', 'package.started', 'package.sealed', 'transfer.sent'];
const ERASED_STORY = [
  ...SENT_STORY,
  'transfer.acknowledged',
  'erasure.started',
  'subject-key.shredded',
  'erasure.verified',
  'instruction.closed',
];
const DAY = 86_400_000;

describe('a return', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterEach(async () => {
    await bench.log();
  });

  afterAll(() => bench.close());

  const asked = (over: Partial<NewInstruction> = {}): Partial<NewInstruction> => {
    const { subject, ...order } = aReturn(over);
    return subject.by === 'ID' ? { ...order, subject } : order;
  };
  const order = (over: Partial<NewInstruction> = {}) => bench.aCase(asked(over));
  const stateOf = async (one: Pick<Case, 'instructionId' | 'workId'>) =>
    (await bench.view(one)).instruction.state;
  const packages = () =>
    packagesOver({
      ...bench.parts,
      objects: OBJECTS,
      clock: bench.clock,
      signer: { forOrigin: () => null as never },
    });
  const reader = (): ReadPackage => packages().read;
  const taken = async (id: InstructionId): Promise<Buffer> => {
    const { bytes } = await reader().run(bench.bank, id, () => null);
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  const sent = async (over: Partial<NewInstruction> = {}): Promise<Case> => {
    const one = await order(over);
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('AWAITING_TRANSFER_ACK');
    bench.clock.advance(1000);
    return one;
  };
  const manifestOf = async (one: Case): Promise<string> =>
    (await bench.view(one)).transfer?.manifestSha256 ?? 'none';
  const acknowledge = async (one: Case, over: Partial<Acknowledgement> = {}) =>
    bench.acknowledge({
      id: one.instructionId,
      manifestSha256: await manifestOf(one),
      receivedAt: bench.clock.now(),
      ...over,
    });
  const objectsOf = ({ subjectId }: Case) =>
    OBJECTS.remaining({ prefix: subjectPrefix(bench.bank.tenantId, subjectId) });
  const expectGone = async (one: Case) => {
    expect(await stateOf(one)).toBe('COMPLETED');
    expect(await bench.remains(one)).toEqual(NOTHING);
    const story = (await bench.story(one)).filter((event) => event !== 'package.downloaded');
    expect(story.sort()).toEqual([...ERASED_STORY].sort());
    await expect(taken(one.instructionId)).rejects.toMatchObject({ code: 'PACKAGE_EXPIRED' });
    return bench.receipt(one);
  };
  const late = (one: Case) =>
    bench.subjects.add.run(
      bench.bank,
      { subjectId: one.subjectId, records: [aNewRecord({ element: 'FULL_NAME', value: 'Ada Later' })] },
      null,
    );
  const valuesOf = async ({ subjectId }: Case): Promise<unknown[]> =>
    (await bench.subjects.read.run(bench.bank, { subjectId, purpose: 'IDENTITY_VERIFICATION' })).map(
      ({ value }) => value,
    );

  it('R-55, R-59: is sent, and erased with its package once it is acknowledged by its manifest', async () => {
    const one = await sent();
    const { deadlines, steps, transfer, history } = await bench.view(one);
    expect(history.map(({ to }) => to).slice(-4)).toEqual([
      'APPROVED',
      'PACKAGING',
      'DELIVERING',
      'AWAITING_TRANSFER_ACK',
    ]);
    expect(deadlines).toContainEqual(expect.objectContaining({ code: 'TRANSFER_ACK', metAt: null }));
    expect(steps).toMatchObject([
      { name: 'SNAPSHOT', state: 'DONE' },
      { name: 'BUILD_PACKAGE', state: 'DONE', done: 5, total: 5, bytes: transfer!.sizeBytes },
      { name: 'TRANSFER', state: 'STARTED', done: 0, total: 1 },
    ]);
    expect((await bench.story(one)).sort()).toEqual([...SENT_STORY].sort());
    const bytes = await taken(one.instructionId);
    expect(bytes.length).toBe(transfer!.sizeBytes);

    const receivedAt = bench.clock.now();
    await acknowledge(one, { receivedAt });
    expect(await stateOf(one)).toBe('ERASING');
    // What the key store knows of before it is answered has its step: the database does not pass for an older one.
    expect((await bench.view(one)).steps).toContainEqual(
      expect.objectContaining({ name: 'INTEND', state: 'STARTED' }),
    );
    const lines = [];
    for await (const line of bench.parts.vault.ledger(bench.bank.tenantId)) lines.push(line);
    expect(lines).toContainEqual(
      expect.objectContaining({ instructionId: one.instructionId, shreddedAt: null }),
    );
    await bench.run(bench.worker(), one);
    const { body } = await expectGone(one);
    expect(body).toMatchObject({
      type: 'RETURN',
      outcome: 'COMPLETED',
      answer: { nature: 'RETURNED_AND_ERASED' },
      package: {
        manifestSha256: transfer!.manifestSha256,
        sizeBytes: bytes.length,
        documents: 1,
        receivedAt: receivedAt.toISOString(),
        hasLater: false,
      },
    });
    expect(body).toHaveProperty('package.destroyedAt', body.erasedAt);
    expect([body.sealedAt, body.unreadableAt, body.erasedAt]).not.toContain(null);
    expect(body.stores).toContainEqual({ store: 'packages', erased: 1, remaining: 0 });
    expect((await bench.view(one)).deadlines.every(({ metAt }) => metAt !== null)).toBe(true);
  });

  it('R-55: is acknowledged once, however often, and by nobody who may not, nothing else and no other time', async () => {
    const early = await order();
    await expect(acknowledge(early)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' });
    const one = await sent();
    const other = await bench.another();
    const manifestSha256 = await manifestOf(one);
    const receivedAt = bench.clock.now();
    await expect(
      other.acknowledge({ id: one.instructionId, manifestSha256, receivedAt }),
    ).rejects.toMatchObject({ code: 'INSTRUCTION_NOT_FOUND' });
    const tomorrow = new Date(bench.clock.now().getTime() + DAY);
    await expect(acknowledge(one, { receivedAt: tomorrow })).rejects.toMatchObject({
      code: 'RECEIPT_IN_FUTURE',
    });
    const yesterday = new Date(bench.clock.now().getTime() - DAY);
    await expect(acknowledge(one, { receivedAt: yesterday })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    expect(await stateOf(one)).toBe('AWAITING_TRANSFER_ACK');
    await Promise.all([1, 2, 3].map(() => acknowledge(one, { receivedAt })));
    await expect(acknowledge(one, { manifestSha256: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    await bench.run(bench.worker(), one);
    await acknowledge(one, { receivedAt });
    await expectGone(one);
    const erasure = await bench.aCase();
    await expect(acknowledge(erasure, { manifestSha256 })).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
  });

  it('R-57: acknowledged by another manifest is packed anew, of the same, and nothing is erased', async () => {
    const one = await sent();
    const [before, first] = [await manifestOf(one), await taken(one.instructionId)];
    await late(one);
    await expect(acknowledge(one, { manifestSha256: 'f'.repeat(64) })).rejects.toMatchObject({
      code: 'MANIFEST_MISMATCH',
    });
    expect(await stateOf(one)).toBe('PACKAGING');
    await expect(acknowledge(one, { manifestSha256: before })).rejects.toMatchObject({
      code: 'ILLEGAL_TRANSITION',
    });
    bench.clock.advance(1000);
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('AWAITING_TRANSFER_ACK');
    expect(await manifestOf(one)).toBe(before);
    expect((await taken(one.instructionId)).equals(first)).toBe(true);
    expect(await valuesOf(one)).toContain('Ada Later');
    bench.clock.advance(1000);
    await packages().sweep.run();
    // The document and the package that there is now.
    expect(await objectsOf(one)).toBe(2);
  });

  it('R-57: erases what was sent, keeps what came in since, and the next one takes that', async () => {
    const one = await sent();
    const before = await valuesOf(one);
    await late(one);
    await bench.addDocument(one.subjectId);
    const again = await bench.admit(one.externalId);
    expect(again).toBe(one.subjectId);
    await acknowledge(one);
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('COMPLETED');
    expect((await bench.view(one)).instruction.flags).toContain('LATER_DATA_KEPT');
    const { body } = await bench.receipt(one);
    expect(body).toMatchObject({
      answer: { nature: 'RETURNED_AND_ERASED_BUT_FOR_WHAT_CAME_LATER' },
      package: { documents: 1, hasLater: true },
    });
    expect(body.kept).toContainEqual(
      expect.objectContaining({ why: 'R-57: nothing is erased that was not sent.' }),
    );
    const left = await valuesOf(one);
    expect(left).toContain('Ada Later');
    expect(left).toHaveLength(before.length + 1);
    expect(await bench.remains(one)).toMatchObject({ documents: 1, subjects: 1, objects: 1 });
    // It is still known by its reference, and taken in as before.
    expect(await bench.admit(one.externalId)).toBe(one.subjectId);

    const next = await bench.instruct(one.subjectId, asked());
    await bench.run(bench.worker(), next);
    bench.clock.advance(1000);
    expect((await bench.view(next)).transfer).toMatchObject({ documents: 1 });
    await acknowledge(next);
    await bench.run(bench.worker(), next);
    await expectGone(next);
  });

  it.each(['keysFor', 'admitAll'] as const)(
    'R-57: what had its keys before it was frozen and is written after (%s) stays, under others',
    async (act) => {
      const one = await order();
      let hasRun = false;
      const freeze = async () => {
        if (!hasRun) {
          hasRun = true;
          await bench.run(bench.worker(), one);
        }
      };
      const vault = vaultThat(bench.parts.vault, { after: act, what: freeze });
      const slow = subjectsOver({ ...bench.parts, vault, clock: bench.clock, objects: OBJECTS });
      const records = [aNewRecord({ element: 'FULL_NAME', value: 'Ada Later' })];
      if (act === 'keysFor') await slow.add.run(bench.bank, { subjectId: one.subjectId, records }, null);
      else await slow.admit.run(bench.bank, aNewSubject(one.externalId, { records }), null);
      expect(await stateOf(one)).toBe('AWAITING_TRANSFER_ACK');
      expect((await bench.view(one)).transfer).toMatchObject({ records: 4 });
      bench.clock.advance(1000);
      await acknowledge(one);
      await bench.run(bench.worker(), one);
      expect(await stateOf(one)).toBe('COMPLETED');
      expect(await valuesOf(one)).toContain('Ada Later');
    },
  );

  it('R-57: what is being written while it is frozen is either sent or stays', async () => {
    for (let round = 0; round < 6; round += 1) {
      const one = await order();
      const writers = Array.from({ length: 8 }, () => late(one));
      await bench.run(bench.worker(), one);
      await Promise.all(writers);
      const { transfer } = await bench.view(one);
      bench.clock.advance(1000);
      await acknowledge(one);
      await bench.run(bench.worker(), one);
      const { records } = await bench.remains(one);
      // Four values as admitted; each of the eight was packed or is there.
      expect(transfer!.records + records).toBe(12);
    }
  });

  const BEFORE = 'before the commit';
  const AFTER = 'after the commit';
  /** Runs it in a worker that dies at its n-th transaction. Returns whether it came to its end before. */
  const dying = async (one: Case, at: number, when: typeof BEFORE | typeof AFTER): Promise<boolean> => {
    const tenancy = new DyingTenancy(bench.tenancy, { at, when });
    await bench.run(bench.worker({ tenancy }), one).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error;
    });
    bench.waitForLease();
    return tenancy.survived;
  };

  it.each([BEFORE, AFTER] as const)(
    'R-55, R-70: is sent once and nothing of it is lost wherever a worker dies, %s',
    async (when) => {
      for (let at = 1, survived = false; !survived; at += 1) {
        const one = await order();
        survived = await dying(one, at, when);
        expect(await bench.remains(one)).toMatchObject({ documents: 1, subjects: 1 });
        await bench.run(bench.worker(), one);
        expect(await stateOf(one)).toBe('AWAITING_TRANSFER_ACK');
        bench.clock.advance(301_000);
        await packages().sweep.run();
        expect(await objectsOf(one)).toBe(2);
        expect((await bench.story(one)).sort()).toEqual([...SENT_STORY].sort());
        await acknowledge(one);
        await bench.run(bench.worker(), one);
        expect(await bench.remains(one)).toEqual(NOTHING);
      }
    },
  );

  it('R-70: is erased once, with one receipt, wherever a worker dies after the acknowledgement', async () => {
    for (let at = 1, survived = false; !survived; at += 1) {
      const one = await sent();
      await acknowledge(one);
      survived = await dying(one, at, AFTER);
      await bench.run(bench.worker(), one);
      await expectGone(one);
    }
  });

  it('R-58: is asked for on the days of the policy, once each, and never erased on silence', async () => {
    const one = await sent();
    const reminder = { ...one, workId: await bench.workOf(one.instructionId, 'REMIND_TRANSFER') };
    const overdue = async () =>
      (await bench.story(one)).filter((event) => event === 'transfer.ack_overdue').length;
    expect(await bench.run(bench.worker(), reminder)).toBe(false);
    expect(await overdue()).toBe(0);
    bench.clock.advance(3 * DAY);
    await bench.run(bench.worker(), reminder);
    await bench.run(bench.worker(), reminder);
    expect(await overdue()).toBe(1);
    expect((await bench.view(one)).instruction.flags).toContain('TRANSFER_ACK_OVERDUE');
    // Nobody was there to remind on the seventh day.
    bench.clock.advance(30 * DAY);
    await bench.run(bench.worker(), reminder);
    await bench.run(bench.worker(), reminder);
    expect(await overdue()).toBe(3);
    bench.clock.advance(400 * DAY);
    await packages().sweep.run();
    expect(await stateOf(one)).toBe('AWAITING_TRANSFER_ACK');
    expect((await bench.view(one)).transfer).toMatchObject({ reminded: 3 });
    expect(await taken(one.instructionId)).not.toHaveLength(0);
    await acknowledge(one);
    expect((await bench.view(one)).instruction.flags).not.toContain('TRANSFER_ACK_OVERDUE');
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('COMPLETED');
  });

  it('R-55: a DELETE, a second RETURN and the order to erase everything that come after it wait for its end', async () => {
    const one = await sent();
    const erasure = await bench.instruct(one.subjectId);
    bench.clock.advance(1000);
    const second = await bench.instruct(one.subjectId, asked());
    for (const waiting of [erasure, second]) {
      expect(await bench.run(bench.worker(), waiting)).toBe(false);
      expect(await stateOf(waiting)).toBe('QUEUED');
    }
    await expect(bench.leave()).rejects.toMatchObject({ code: 'TRANSFER_NOT_ACKNOWLEDGED' });
    expect(await bench.remains(one)).toMatchObject({ documents: 1, subjects: 1 });
    await acknowledge(one);
    await bench.run(bench.worker(), one);
    await expectGone(one);
    bench.waitForLease();
    await bench.run(bench.worker(), erasure);
    expect(await stateOf(erasure)).toBe('COMPLETED');
    expect((await bench.receipt(erasure)).body.answer.nature).toBe('ERASED_BY_AN_EARLIER_INSTRUCTION');
    bench.waitForLease();
    await bench.run(bench.worker(), second);
    expect(await stateOf(second)).toBe('CLOSED_NO_DATA');
  });

  it('R-69: another order about who was returned and erased is answered by that', async () => {
    const one = await sent();
    await acknowledge(one);
    await bench.run(bench.worker(), one);
    expect((await bench.instruct(one.subjectId)).instructionId).toBe(one.instructionId);
  });

  it('R-85: is sent in spite of a hold; what that keeps is not erased before the hold ends', async () => {
    const part = await order();
    const held = await bench.hold(part.subjectId, { ground: 'EX_LEGAL', elements: ['FULL_NAME'] });
    await bench.run(bench.worker(), part);
    bench.clock.advance(1000);
    await acknowledge(part);
    await bench.run(bench.worker(), part);
    expect(await stateOf(part)).toBe('COMPLETED_WITH_EXCEPTIONS');
    expect((await bench.receipt(part)).body.answer.nature).toBe('RETURNED_AND_ERASED_BUT_FOR_WHAT_IS_HELD');
    expect(await bench.remains(part)).toMatchObject({ records: 1, documents: 0, subjects: 1, objects: 0 });
    // The ledger names no key that lives: who reads it on a restored copy takes its keys for shredded.
    for await (const { instructionId, keyIds } of bench.parts.vault.ledger(bench.bank.tenantId))
      if (instructionId === part.instructionId)
        expect(await bench.parts.vault.gone(bench.bank.tenantId, keyIds)).toEqual(keyIds);
    await bench.release(held);
    await bench.run(bench.worker(), part);
    expect(await bench.remains(part)).toEqual(NOTHING);
    expect(await stateOf(part)).toBe('COMPLETED');

    const whole = await order();
    const court = await bench.hold(whole.subjectId, { ground: 'EX_COURT', elements: [] });
    await bench.run(bench.worker(), whole);
    bench.clock.advance(1000);
    await acknowledge(whole);
    await bench.run(bench.worker(), whole);
    expect(await stateOf(whole)).toBe('ERASING');
    expect(await bench.remains(whole)).toMatchObject({ documents: 1, subjects: 1 });
    await bench.release(court);
    await bench.run(bench.worker(), whole);
    expect(await stateOf(whole)).toBe('COMPLETED');
    expect(await bench.remains(whole)).toEqual(NOTHING);
  });

  it('R-55, R-85: what was on hold when it was ordered, and is to be deleted, waits for what is returned since', async () => {
    const erasure = await bench.aCase();
    const court = await bench.hold(erasure.subjectId, { ground: 'EX_COURT', elements: [] });
    expect(await stateOf(erasure)).toBe('ON_HOLD');
    bench.clock.advance(1000);
    const one = await bench.instruct(erasure.subjectId, asked());
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('AWAITING_TRANSFER_ACK');
    await bench.release(court);
    bench.clock.advance(1000);
    expect(await bench.run(bench.worker(), erasure)).toBe(false);
    expect(await bench.remains(one)).toMatchObject({ documents: 1, subjects: 1 });
    await acknowledge(one);
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('COMPLETED');
    bench.waitForLease();
    await bench.run(bench.worker(), erasure);
    expect(await stateOf(erasure)).toBe('COMPLETED');
    expect(await bench.remains(one)).toEqual(NOTHING);
  });

  it('R-67: of some elements returns and erases those that were held of them then', async () => {
    const one = await sent({ scopeElements: ['FULL_NAME'] });
    expect((await bench.view(one)).transfer).toMatchObject({ records: 1, documents: 0 });
    await late(one);
    const before = await bench.remains(one);
    await acknowledge(one);
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('COMPLETED');
    expect((await bench.remains(one)).records).toBe(before.records - 1);
    expect(await valuesOf(one)).toContain('Ada Later');
  });

  it('R-27: an export that was ordered before the acknowledgement is answered before the erasure', async () => {
    const one = await sent();
    const wanted = await bench.instruct(
      one.subjectId,
      anExport({ audience: 'BUSINESS' }, { subject: { by: 'ID', id: one.subjectId } }),
    );
    await acknowledge(one);
    expect(await bench.run(bench.worker(), one)).toBe(false);
    expect(await bench.remains(one)).toMatchObject({ documents: 1, subjects: 1 });
    await bench.run(bench.worker(), wanted);
    expect(await stateOf(wanted)).toBe('COMPLETED');
    bench.waitForLease();
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('COMPLETED');
    expect(await bench.remains(one)).toEqual(NOTHING);
  });

  it('R-56: a DELETE makes no package, ever', async () => {
    const one = await bench.aCase();
    await bench.run(bench.worker(), one);
    expect(await stateOf(one)).toBe('COMPLETED');
    expect(
      await bench.within((tx) => tx.package.count({ where: { instructionId: one.instructionId } })),
    ).toBe(0);
    expect((await bench.story(one)).filter((event) => event.startsWith('package.'))).toEqual([]);
    expect(await bench.within((tx) => findPackage(tx, one.instructionId))).toBeNull();
  });

  it('of somebody of whom nothing is held, or who is erased meanwhile, ends with nothing held', async () => {
    const erasure = await bench.aCase();
    bench.clock.advance(1000);
    const after = await bench.instruct(erasure.subjectId, asked());
    expect(await bench.run(bench.worker(), after)).toBe(false);
    await bench.run(bench.worker(), erasure);
    bench.waitForLease();
    await bench.run(bench.worker(), after);
    expect(await stateOf(after)).toBe('CLOSED_NO_DATA');
    await expect(acknowledge(after)).rejects.toBeInstanceOf(DomainError);
  });

  it('is refused what an export says of itself, and needs nothing of it', async () => {
    const subjectId = await bench.admit(`return-${newId(bench.clock.now())}`);
    const wants = { content: 'CATEGORIES', audience: 'CONSUMER', lookback: null } as const;
    await expect(bench.instruct(subjectId, asked({ export: wants }))).rejects.toMatchObject({
      code: 'SCOPE_INVALID',
    });
  });
});
