import { text } from 'node:stream/consumers';
import { newId, newSubjectRef } from '@personr/kernel';
import { Bench, type Case, NOTHING, type Parts, STORY } from './execution.bench.spec-helper.js';
import { DyingTenancy, Fault, StoresThat, vaultThat } from './execution.faults.spec-helper.js';

const NO_CONSENTS = { store: 'postgres-consents', erased: 0, remaining: 0 };
const NO_PACKAGES = { store: 'packages', erased: 0, remaining: 0 };

describe('an execution', () => {
  let bench: Bench;

  beforeAll(async () => {
    bench = await Bench.open();
  });

  afterEach(async () => {
    await bench.log();
  });

  afterAll(() => bench.close());

  /** One end state: nothing left, one receipt that verifies, every entry once. */
  const expectErasedOnce = async (order: Case, receipt: object = {}) => {
    const { instruction, steps } = await bench.view(order);
    expect(instruction).toMatchObject({ state: 'COMPLETED', finishedAt: expect.any(Date) as unknown });
    expect(steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'MARK_ERASING DONE',
      'INTEND DONE',
      'SHRED_KEYS DONE',
      'ERASE_STORES DONE',
      'SWEEP DONE',
      'PROVE_BACKUPS DONE',
      'CONFIRM_SUBPROCESSORS DONE',
      'CLOSE DONE',
    ]);
    expect(await bench.remains(order)).toEqual(NOTHING);
    expect((await bench.story(order)).sort()).toEqual([...STORY].sort());
    const verdict = await bench.receipt(order);
    expect(verdict).toMatchObject({ instructionId: order.instructionId, outcome: 'COMPLETED' });
    expect(verdict.body).toMatchObject({
      stores: [
        { store: 'postgres-records', erased: 4, remaining: 0 },
        { store: 'documents', erased: 1, remaining: 0 },
        NO_CONSENTS,
        NO_PACKAGES,
      ],
      keys: { shredded: 6, rootsDestroyed: 1 },
      answer: { nature: 'ERASED' },
      sealedAt: instruction.sealedAt?.toISOString(),
      erasedAt: instruction.erasedAt?.toISOString(),
      ...receipt,
    });
    const kept = await bench.within(async (tx) => ({
      receipts: await tx.receipt.count({ where: { instructionId: order.instructionId } }),
      done: (await tx.work.findFirstOrThrow({ where: { referenceId: order.instructionId } })).doneAt !== null,
    }));
    expect(kept).toEqual({ receipts: 1, done: true });
  };

  const throwFault = () => {
    throw new Fault('a fault');
  };
  /** Something that happens the first time only. */
  const once = (what: () => unknown) => {
    let done = false;
    return async () => {
      if (done) return;
      done = true;
      await what();
    };
  };

  it('R-60, R-63, R-102: of a DELETE leaves nothing of the subject, and one receipt that verifies', async () => {
    const [order, other] = [await bench.aCase(), await bench.aCase()];
    const before = await bench.remains(other);
    expect(await bench.run(bench.worker(), order)).toBe(true);
    await expectErasedOnce(order);
    expect(await bench.remains(other)).toEqual(before);
    const values = await bench.subjects.read.run(bench.bank, {
      subjectId: other.subjectId,
      purpose: 'IDENTITY_VERIFICATION',
    });
    expect(values.map(({ value }) => value)).toContain(other.externalId);
  });

  it('tells its story in the log as it went, and follows the table of the life of an instruction', async () => {
    const order = await bench.aCase();
    bench.clock.ticking = true;
    await bench.run(bench.worker(), order);
    bench.clock.ticking = false;
    expect(await bench.story(order)).toEqual(STORY);
    const { instruction, history, deadlines } = await bench.view(order);
    const times = [
      instruction.acceptedAt,
      instruction.sealedAt!,
      instruction.erasedAt!,
      instruction.finishedAt!,
    ];
    expect([...times].sort((left, right) => left.getTime() - right.getTime())).toEqual(times);
    expect(instruction.unreadableAt!.getTime()).toBeLessThanOrEqual(instruction.erasedAt!.getTime());
    expect(history.map(({ to }) => to).slice(-7)).toEqual([
      'ERASING',
      'ERASING_BACKUPS',
      'AWAITING_SUBPROCESSORS',
      'VERIFYING_ERASURE',
      'RESPONDING',
      'RESPONDED',
      'COMPLETED',
    ]);
    expect(deadlines.every(({ metAt }) => metAt !== null)).toBe(true);
  });

  it('R-69: rung for again does nothing more', async () => {
    const order = await bench.aCase();
    const worker = bench.worker();
    await bench.run(worker, order);
    bench.waitForLease();
    expect(await bench.run(worker, order)).toBe(false);
    await expectErasedOnce(order);
  });

  it('R-67: of a part erases that part, keeps the rest readable and opens the subject again', async () => {
    const order = await bench.aCase({ scopeElements: ['FACE_TEMPLATE', 'EMAIL_ADDRESS'] });
    await bench.run(bench.worker(), order);
    const { subjectId, externalId } = order;
    const values = await bench.subjects.read.run(bench.bank, { subjectId, purpose: 'IDENTITY_VERIFICATION' });
    expect(values.map(({ element }) => element).sort()).toEqual(['EXTERNAL_ID', 'FULL_NAME']);
    const email = { type: 'EMAIL', value: `${externalId}@people.example` } as const;
    expect(await bench.subjects.find.byIdentities(bench.bank.tenantId, [email])).toBeNull();
    expect(await bench.admit(externalId, { identities: [] })).toBe(subjectId);
    expect((await bench.story(order)).sort()).toEqual([...STORY].sort());
    expect((await bench.receipt(order)).body).toMatchObject({
      answer: { nature: 'ERASED_IN_PART_AS_INSTRUCTED' },
      stores: [{ erased: 2 }, { store: 'documents', erased: 0, remaining: 0 }, NO_CONSENTS, NO_PACKAGES],
    });
  });

  it('R-67: of a kind of document erases those documents and their keys, and no other', async () => {
    const order = await bench.aCase({ scopeElements: ['SELFIE'] });
    const kept = await bench.addDocument(order.subjectId, 'SIGNATURE');
    const before = await bench.remains(order);
    expect(await bench.run(bench.worker(), order)).toBe(true);
    expect((await bench.receipt(order)).body).toMatchObject({
      stores: [{ erased: 0 }, { store: 'documents', erased: 1, remaining: 0 }, NO_CONSENTS, NO_PACKAGES],
      keys: { shredded: 1 },
    });
    const after = { documents: 1, objects: 1, keys: before.keys - 1 };
    expect(await bench.remains(order)).toEqual({ ...before, ...after });
    const { bytes } = await bench.subjects.readDocument.run(bench.bank, {
      subjectId: order.subjectId,
      documentId: kept,
      purpose: 'IDENTITY_VERIFICATION',
      part: () => null,
    });
    expect(await text(bytes)).toBe('the picture of a face');
  });

  it('for somebody we do not hold ends without an erasure, with a receipt', async () => {
    const identities = [{ type: 'EMAIL', value: 'nobody@people.example' }] as const;
    const order = await bench.instruct(newId(bench.clock.now()), {
      subject: { by: 'IDENTITIES', identities },
    });
    expect(await bench.run(bench.worker(), order)).toBe(true);
    expect((await bench.view(order)).instruction.state).toBe('CLOSED_NO_DATA');
    expect((await bench.story(order)).sort()).toEqual(['instruction.accepted', 'instruction.closed']);
    expect((await bench.receipt(order)).body).toMatchObject({ stores: [], sealedAt: null, erasedAt: null });
  });

  it('of a second instruction for the same subject ends too, and says who erased', async () => {
    const first = await bench.aCase();
    const second = await bench.instruct(first.subjectId);
    await bench.run(bench.worker(), first);
    await bench.run(bench.worker(), second);
    await expectErasedOnce(first);
    expect((await bench.receipt(second)).body).toMatchObject({
      outcome: 'COMPLETED',
      answer: { nature: 'ERASED_BY_AN_EARLIER_INSTRUCTION' },
      stores: [{ erased: 0 }, { erased: 0 }, NO_CONSENTS, NO_PACKAGES],
    });
  });

  describe('that dies', () => {
    /**
     * Transactions of a run: lease, load, put in sequence; one to end each of eight steps, which begins the next; one more
     * to look outside the database, and to search; two to suppress.
     */
    const TRANSACTIONS = 15;

    it.each(
      Array.from({ length: TRANSACTIONS }, (_, at) => at + 1).flatMap((at) =>
        (['before the commit', 'after the commit'] as const).map((when) => [at, when] as const),
      ),
    )('at its transaction %i, %s, ends as if it had not', async (at, when) => {
      const order = await bench.aCase();
      const dying = new DyingTenancy(bench.tenancy, { at, when });
      await expect(bench.run(bench.worker({ tenancy: dying }), order)).rejects.toBeInstanceOf(Fault);
      bench.waitForLease();
      await bench.run(bench.worker(), order);
      await expectErasedOnce(order);
    });

    it('dies nowhere else: a run has no more transactions than that', async () => {
      const order = await bench.aCase();
      const dying = new DyingTenancy(bench.tenancy, { at: TRANSACTIONS + 1, when: 'before the commit' });
      expect(await bench.run(bench.worker({ tenancy: dying }), order)).toBe(true);
      expect(dying.survived).toBe(true);
    });

    it('at every transaction in turn, again and again, ends as if it had not', async () => {
      const order = await bench.aCase();
      for (let at = 1; at <= TRANSACTIONS; at += 1) {
        const dying = new DyingTenancy(bench.tenancy, { at, when: 'before the commit' });
        await bench.run(bench.worker({ tenancy: dying }), order).catch(() => undefined);
        bench.waitForLease();
      }
      await bench.run(bench.worker(), order);
      await expectErasedOnce(order);
    });
  });

  describe('whose part fails', () => {
    const faulty: readonly (readonly [string, () => Partial<Parts>])[] = [
      [
        'the vault before it looks for keys',
        () => ({ vault: vaultThat(bench.parts.vault, { before: 'keysOfAll', what: throwFault }) }),
      ],
      [
        'the vault before it shreds',
        () => ({ vault: vaultThat(bench.parts.vault, { before: 'shredAll', what: throwFault }) }),
      ],
      [
        'the vault after it shredded',
        () => ({ vault: vaultThat(bench.parts.vault, { after: 'shredAll', what: throwFault }) }),
      ],
      [
        'the vault when it is searched',
        () => ({ vault: vaultThat(bench.parts.vault, { before: 'remainingAll', what: throwFault }) }),
      ],
      [
        'the vault at the end',
        () => ({ vault: vaultThat(bench.parts.vault, { before: 'durability', what: throwFault }) }),
      ],
      [
        'a store before it erases',
        () => ({ stores: new StoresThat({ before: 'eraseRows', what: throwFault }) }),
      ],
      [
        'a store after it erased',
        () => ({ stores: new StoresThat({ after: 'eraseRows', what: throwFault }) }),
      ],
      [
        'a store when it is searched',
        () => ({ stores: new StoresThat({ before: 'remainingRows', what: throwFault }) }),
      ],
    ];

    it.each(faulty)(
      '(%s) gives the work back, and ends as if it had not when tried again',
      async (_, parts) => {
        const order = await bench.aCase();
        await expect(bench.run(bench.worker(parts()), order)).rejects.toBeInstanceOf(Fault);
        const work = await bench.within((tx) => tx.work.findFirstOrThrow({ where: { id: order.workId } }));
        expect(work).toMatchObject({ leasedUntil: null, lastCode: 'INTERNAL', doneAt: null, attempts: 1 });
        expect(work.dueAt.getTime()).toBeGreaterThan(bench.clock.now().getTime());
        expect(await bench.run(bench.worker(), order)).toBe(false);
        bench.waitForLease();
        expect(await bench.run(bench.worker(), order)).toBe(true);
        await expectErasedOnce(order);
      },
    );

    it('waits longer before each attempt, and a minute at most', async () => {
      const order = await bench.aCase();
      const worker = bench.worker({ stores: new StoresThat({ before: 'eraseRows', what: throwFault }) });
      const waits: number[] = [];
      for (let attempt = 1; attempt <= 12; attempt += 1) {
        await bench.run(worker, order).catch(() => undefined);
        const { dueAt } = await bench.within((tx) =>
          tx.work.findFirstOrThrow({ where: { id: order.workId } }),
        );
        waits.push(dueAt.getTime() - bench.clock.now().getTime());
        bench.clock.set(dueAt);
      }
      expect(waits.slice(0, 9)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000]);
      expect(Math.max(...waits)).toBe(60_000);
      await bench.run(bench.worker(), order);
      await expectErasedOnce(order);
    });
  });

  describe('that finds a residue', () => {
    const RESIDUE_STORY = [
      ...STORY.slice(0, 3),
      'erasure.residue_found',
      'subject-key.shredded',
      ...STORY.slice(3),
    ];

    /** What comes back behind everybody's back: the subject's row and a value, as a restore would bring them. */
    const slipIn = async ({ subjectId }: Case) => {
      const { tenantId } = bench.bank;
      await bench.owner.query(
        `insert into subject values ($1, $2, $3, 'SERVICE_PROVIDER', null, now()) on conflict do nothing`,
        [tenantId, subjectId, newSubjectRef()],
      );
      await bench.owner.query(
        `insert into record values ($1, $2, $3, 'FULL_NAME', 's', 'p', now(), now(), $2, '\\x01')`,
        [tenantId, newId(bench.clock.now()), subjectId],
      );
    };

    it('R-60: in a store does not say completed, visits again and counts what went', async () => {
      const order = await bench.aCase();
      const stores = new StoresThat({ before: 'remainingRows', what: once(() => slipIn(order)) });
      const worker = bench.worker({ stores });
      expect(await bench.run(worker, order)).toBe(false);
      const { instruction, steps } = await bench.view(order);
      expect(instruction).toMatchObject({ state: 'ERASING', erasedAt: null, finishedAt: null });
      expect(steps.map(({ state }) => state)).toEqual(['DONE', 'DONE', 'STARTED', 'STARTED', 'STARTED']);
      bench.waitForLease();
      expect(await bench.run(worker, order)).toBe(true);
      expect(await bench.remains(order)).toEqual(NOTHING);
      expect((await bench.receipt(order)).body).toMatchObject({
        stores: [{ erased: 5 }, { erased: 1 }, NO_CONSENTS, NO_PACKAGES],
      });
      expect((await bench.story(order)).sort()).toEqual(RESIDUE_STORY.sort());
    });

    it('R-60: of keys made after the shredding destroys those too', async () => {
      const order = await bench.aCase();
      const { vault } = bench.parts;
      const late = once(() => vault.keysFor(bench.bank.tenantId, order.subjectId, ['OCCUPATION']));
      const worker = bench.worker({ vault: vaultThat(vault, { after: 'shredAll', what: late }) });
      expect(await bench.run(worker, order)).toBe(false);
      expect((await bench.remains(order)).keys).toBe(1);
      bench.waitForLease();
      expect(await bench.run(worker, order)).toBe(true);
      expect(await bench.remains(order)).toEqual(NOTHING);
    });

    it('R-60: in the part that is erased visits that part again', async () => {
      const order = await bench.aCase({ scopeElements: ['FULL_NAME'] });
      const stores = new StoresThat({ before: 'remainingRows', what: once(() => slipIn(order)) });
      expect(await bench.run(bench.worker({ stores }), order)).toBe(false);
      bench.waitForLease();
      expect(await bench.run(bench.worker({ stores }), order)).toBe(true);
      expect((await bench.receipt(order)).body).toMatchObject({
        stores: [{ erased: 2 }, { erased: 0 }, NO_CONSENTS, NO_PACKAGES],
      });
      expect(await bench.remains(order)).toMatchObject({ records: 3, subjects: 1 });
    });

    it('R-60: that never ends never says completed', async () => {
      const order = await bench.aCase();
      const worker = bench.worker({
        stores: new StoresThat({ before: 'remainingRows', what: () => slipIn(order) }),
      });
      for (let attempt = 0; attempt < 4; attempt += 1) {
        expect(await bench.run(worker, order)).toBe(false);
        bench.waitForLease();
      }
      expect((await bench.view(order)).instruction).toMatchObject({ state: 'ERASING', finishedAt: null });
      expect(
        await bench.within((tx) => tx.receipt.count({ where: { instructionId: order.instructionId } })),
      ).toBe(0);
    });
  });

  describe('by two at once', () => {
    it('has one effect', async () => {
      const order = await bench.aCase();
      const runs = await Promise.all([1, 2, 3, 4].map(() => bench.run(bench.worker(), order)));
      expect(runs.filter(Boolean)).toHaveLength(1);
      await expectErasedOnce(order);
    });

    const takenOver: readonly (readonly [string, (what: () => unknown) => Partial<Parts>])[] = [
      ['looked for keys', (what) => ({ vault: vaultThat(bench.parts.vault, { after: 'keysOfAll', what }) })],
      ['shredded', (what) => ({ vault: vaultThat(bench.parts.vault, { after: 'shredAll', what }) })],
      ['searched', (what) => ({ vault: vaultThat(bench.parts.vault, { after: 'remainingAll', what }) })],
      [
        'was about to close',
        (what) => ({ vault: vaultThat(bench.parts.vault, { after: 'durability', what }) }),
      ],
    ];

    it.each(takenOver)(
      'of which one lost its lease while it %s, has one effect: the loser writes nothing more',
      async (_, parts) => {
        const order = await bench.aCase();
        let winner: boolean | undefined;
        const overtaken = once(async () => {
          bench.waitForLease();
          winner = await bench.run(bench.worker(), order);
        });
        expect(await bench.run(bench.worker(parts(overtaken)), order)).toBe(false);
        expect(winner).toBe(true);
        await expectErasedOnce(order);
      },
    );

    it('of which one lost its lease to another that is still at work, leaves the work to that one', async () => {
      const order = await bench.aCase();
      let loser: Promise<boolean> | undefined;
      let free: (() => void) | undefined;
      const held = new Promise<void>((resolve) => {
        free = resolve;
      });
      const reached = new Promise<void>((resolve) => {
        const pause = once(async () => {
          resolve();
          await held;
        });
        loser = bench.run(
          bench.worker({ vault: vaultThat(bench.parts.vault, { before: 'shredAll', what: pause }) }),
          order,
        );
      });
      await reached;
      bench.waitForLease();
      const winner = bench.worker({
        stores: new StoresThat({
          before: 'remainingRows',
          what: once(async () => {
            free?.();
            expect(await loser).toBe(false);
          }),
        }),
      });
      expect(await bench.run(winner, order)).toBe(true);
      await expectErasedOnce(order);
    });
  });
});
