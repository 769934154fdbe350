import { Readable } from 'node:stream';
import { AuditLog } from '@personr/audit';
import { EndHold, isFinal, PlaceHold } from '@personr/instruction';
import { anInstruction } from '@personr/instruction/testing';
import { type SubjectId, newId, newSubjectRef } from '@personr/kernel';
import { beginUpload, endUpload, tenantPrefix } from '@personr/stores';
import { type NewHold } from '@personr/subjects';
import { aNewSubject } from '@personr/subjects/testing';
import { assertStays } from '@personr/terms';
import { waitFor } from '@personr/testkit';
import pg from 'pg';
import { Bench, type Leaving, OBJECTS } from './execution.bench.spec-helper.js';
import { DyingTenancy, Fault, vaultThat } from './execution.faults.spec-helper.js';

const READ = 'IDENTITY_VERIFICATION';
const LEAVING_STORY = [
  'instruction.accepted',
  'erasure.started',
  'tenant-root.destroyed',
  'erasure.verified',
  'instruction.closed',
];

describe('the erasure of everything that a tenant has', () => {
  let house: Bench;

  beforeAll(async () => {
    house = await Bench.open();
  });

  afterAll(() => house.close());

  /** A tenant with subjects, each with four values and a document. */
  const aBank = async (size = 3): Promise<{ bench: Bench; subjects: SubjectId[] }> => {
    house.clock.advance(1000);
    const bench = await house.another();
    const subjects: SubjectId[] = [];
    for (let number = 0; number < size; number += 1) {
      const subjectId = await bench.admit(`cust-${number}`);
      await bench.addDocument(subjectId);
      subjects.push(subjectId);
    }
    return { bench, subjects };
  };

  /** Everything that is left of a tenant's subjects: rows, objects, keys of their tree. */
  const leftOf = async ({ bank, owner, parts }: Bench) => {
    const { rows } = await owner.query<Record<string, number>>(
      `select (select count(*)::int from record where tenant_id = $1) as records,
              (select count(*)::int from document where tenant_id = $1) as documents,
              (select count(*)::int from consent where tenant_id = $1) as consents,
              (select count(*)::int from subject where tenant_id = $1) as subjects`,
      [bank.tenantId],
    );
    const objects = await OBJECTS.remaining({ prefix: tenantPrefix(bank.tenantId) });
    const owners = await parts.vault.owners(bank.tenantId, { tree: 'SUBJECTS', after: null, limit: 10 });
    return { ...rows[0]!, objects, owners: owners.length };
  };
  const NOTHING = { records: 0, documents: 0, consents: 0, subjects: 0, objects: 0, owners: 0 };

  const stateOf = async (bench: Bench, order: Leaving) => (await bench.view(order)).instruction.state;

  const untilDone = async (bench: Bench, order: Leaving, worker = bench.worker()): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      if (await bench.run(worker, order).catch(() => false)) return;
      if (isFinal(await stateOf(bench, order))) return;
      bench.waitForLease();
    }
    throw new Error(`still ${await stateOf(bench, order)}`);
  };

  const expectLeft = async (bench: Bench, order: Leaving, subjects: number): Promise<void> => {
    expect(await stateOf(bench, order)).toBe('COMPLETED');
    expect(await leftOf(bench)).toEqual(NOTHING);
    const verdict = await bench.receipt(order);
    expect(verdict).toMatchObject({ instructionId: order.instructionId, outcome: 'COMPLETED' });
    expect(verdict.body).toMatchObject({
      subjectRef: null,
      basis: 'AGREEMENT_END',
      answer: { nature: 'ERASED' },
      exceptions: [],
      keys: { rootsDestroyed: 1 },
      stores: [
        { store: 'postgres-records', erased: 4 * subjects, remaining: 0 },
        { store: 'documents', erased: subjects, remaining: 0 },
        { store: 'postgres-consents', erased: 0, remaining: 0 },
        { store: 'packages', erased: 0, remaining: 0 },
        { store: 'subjects', erased: subjects, remaining: 0 },
      ],
    });
    const { instruction } = await bench.view(order);
    expect(verdict.body).toMatchObject({
      sealedAt: instruction.sealedAt?.toISOString(),
      unguessableAt: instruction.sealedAt?.toISOString(),
    });
    const receipts = await bench.within((tx) =>
      tx.receipt.count({ where: { instructionId: order.instructionId } }),
    );
    expect(receipts).toBe(1);
  };

  it('R-60, R-102: leaves nothing but the records of instructions, one receipt that verifies, and the other tenant as it was', async () => {
    const { bench } = await aBank();
    const other = await aBank();
    const before = await leftOf(other.bench);
    const order = await bench.leave();
    expect(await bench.run(bench.worker(), order)).toBe(true);
    await expectLeft(bench, order, 3);
    expect((await bench.story(order)).sort()).toEqual([...LEAVING_STORY].sort());
    expect(await leftOf(other.bench)).toEqual(before);
    const [subjectId] = other.subjects;
    const values = await other.bench.subjects.read.run(other.bench.bank, {
      subjectId: subjectId!,
      purpose: READ,
    });
    expect(values.map(({ value }) => value)).toContain('cust-0');
  });

  it('R-03: from acceptance on takes nothing in and no further order; a second of the same is answered by the first', async () => {
    const { bench, subjects } = await aBank(1);
    const order = await bench.leave();
    const refused = { code: 'TENANT_LEAVING' };
    await expect(bench.admit('cust-late')).rejects.toMatchObject(refused);
    await expect(bench.addDocument(subjects[0]!)).rejects.toMatchObject(refused);
    await expect(bench.instruct(subjects[0]!)).rejects.toMatchObject(refused);
    expect(await bench.leave()).toEqual(order);
    await untilDone(bench, order);
    await expect(bench.admit('cust-late')).rejects.toMatchObject(refused);
    expect(await bench.leave()).toEqual(order);
    await expectLeft(bench, order, 1);
  });

  it('waits for whoever was taking somebody in when it was accepted', async () => {
    const { bench } = await aBank(1);
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    let inside = (): void => undefined;
    const entered = new Promise<void>((resolve) => (inside = resolve));
    const taking = bench.within(async (tx) => {
      await assertStays(tx);
      inside();
      await gate;
      await tx.$executeRaw`insert into subject (tenant_id, id, subject_ref, role, created_at)
        values (${tx.tenantId}::uuid, ${newId(new Date(0))}::uuid, ${newSubjectRef()}, 'SERVICE_PROVIDER', now())`;
    });
    await entered;
    const order = await bench.leave();
    const running = bench.run(bench.worker(), order);
    await waitFor(
      async () => {
        const { rows } = await bench.owner.query<{ waiting: number }>(
          "select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        );
        return rows[0]!.waiting > 0;
      },
      { what: 'the erasure to wait' },
    );
    expect((await bench.view(order)).steps).toEqual([]);
    goOn();
    await taking;
    expect(await running).toBe(true);
    expect(await leftOf(bench)).toEqual(NOTHING);
    // Whoever begins afterwards is refused by the transaction itself.
    await expect(bench.within(assertStays)).rejects.toMatchObject({ code: 'TENANT_LEAVING' });
  });

  it.each(['before the commit', 'after the commit'] as const)(
    'R-70: killed %s of any of its transactions comes to one end, with one receipt',
    async (when) => {
      let died = 0;
      for (let at = 1; ; at += 1) {
        const { bench } = await aBank(2);
        const order = await bench.leave();
        const tenancy = new DyingTenancy(bench.tenancy, { at, when });
        const more = { turnMilliseconds: 60_000, subjectsAtOnce: 1 };
        await bench.run(bench.worker({ tenancy }, 1, more), order).catch(() => false);
        if (tenancy.survived) break;
        died += 1;
        bench.waitForLease();
        await untilDone(bench, order, bench.worker({}, 1, more));
        await expectLeft(bench, order, 2);
      }
      expect(died).toBeGreaterThan(15);
    },
  );

  it.each([
    { before: 'intend' },
    { after: 'intend' },
    { before: 'leave' },
    { after: 'leave' },
    { before: 'clearLeft' },
    { after: 'clearLeft' },
  ] as const)('R-70: that fails %p comes to one end, with one receipt', async (place) => {
    const { bench } = await aBank(2);
    const order = await bench.leave();
    const what = () => {
      throw new Fault('a fault');
    };
    const worker = bench.worker({ vault: vaultThat(bench.parts.vault, { ...place, what }) });
    await bench.run(worker, order).catch(() => false);
    bench.waitForLease();
    await untilDone(bench, order);
    await expectLeft(bench, order, 2);
  });

  it('goes in turns: between them others go first; the view says how far it is, and nothing is counted twice', async () => {
    const { bench } = await aBank(5);
    const order = await bench.leave();
    const worker = bench.worker({}, 1, { turnMilliseconds: 0, subjectsAtOnce: 2 });
    const seen: [number, number][] = [];
    for (let turn = 1; !(await bench.run(worker, order)); turn += 1) {
      const { steps, instruction } = await bench.view(order);
      expect(instruction.unreadableAt).not.toBeNull();
      const { done, total } = steps.find(({ name }) => name === 'ERASE_STORES')!;
      seen.push([done, total]);
      expect(turn).toBeLessThan(50);
    }
    // Five subjects of six rows each, two at a time.
    expect(seen.slice(0, 3)).toEqual([
      [12, 30],
      [24, 30],
      [30, 30],
    ]);
    expect(seen.slice(3).every(([done, total]) => done === 30 && total === 30)).toBe(true);
    await expectLeft(bench, order, 5);
  });

  it('R-60: finds what no row knows of, and waits for an upload whose process died', async () => {
    const { bench } = await aBank(2);
    const { tenantId } = bench.bank;
    const nobody: SubjectId = newId(bench.clock.now());
    const bytes = Readable.from([Buffer.from('bytes that nobody knows of')]);
    await OBJECTS.put(`${tenantPrefix(tenantId)}${nobody}/${newId(bench.clock.now())}`, bytes);
    const upload = {
      id: newId<'document'>(bench.clock.now()),
      subjectId: nobody,
      element: 'SELFIE' as const,
    };
    await bench.within((tx) => beginUpload(tx, upload, bench.clock.now()));
    const order = await bench.leave();
    expect(await bench.run(bench.worker(), order)).toBe(false);
    expect((await bench.view(order)).instruction).toMatchObject({ state: 'ERASING', erasedAt: null });
    await bench.within((tx) => endUpload(tx, upload.id));
    await untilDone(bench, order);
    expect(await leftOf(bench)).toEqual(NOTHING);
    expect(await bench.story(order)).toContain('erasure.residue_found');
    expect((await bench.receipt(order)).body).toMatchObject({ outcome: 'COMPLETED' });
  });

  describe('with holds', () => {
    const aHold = (bench: Bench, subjectId: SubjectId, changes: Partial<NewHold> = {}): NewHold => ({
      subjectId,
      elements: ['FULL_NAME'],
      ground: 'EX_LEGAL',
      citation: 'Cal. Civ. Code 1798.145(a)(1)',
      endsAt: new Date(bench.clock.now().getTime() + 30 * 86_400_000),
      reviewAt: null,
      ...changes,
    });
    const place = (bench: Bench, hold: NewHold) =>
      bench.within((tx) =>
        new PlaceHold(bench.subjects.inventory, bench.holds, new AuditLog(), bench.clock).run(
          tx,
          bench.bank,
          { hold, instruction: null },
        ),
      );
    const release = (bench: Bench, { id }: Awaited<ReturnType<typeof place>>) =>
      new EndHold(bench.tenancy, bench.holds, new AuditLog(), bench.clock).release(bench.bank, {
        id,
        reason: 'GROUND_ENDED',
      });
    const elementsOf = async (bench: Bench, subjectId: SubjectId, purpose = 'EX_LEGAL') => {
      const read = { subjectId, purpose };
      return (await bench.subjects.read.run(bench.bank, read)).map(({ element }) => element).sort();
    };
    const again = async (bench: Bench, order: Leaving) => {
      bench.waitForLease();
      await untilDone(bench, order);
    };

    it('R-77, R-79: keeps what is held, for its ground alone; when the holds end it is erased by itself', async () => {
      const { bench, subjects } = await aBank(3);
      const [part, whole, gone] = subjects as [SubjectId, SubjectId, SubjectId];
      const first = await place(bench, aHold(bench, part, { elements: ['FULL_NAME', 'SELFIE'] }));
      const second = await place(bench, aHold(bench, whole, { elements: [], ground: 'EX_COURT' }));
      const order = await bench.leave();
      await untilDone(bench, order);
      expect(await stateOf(bench, order)).toBe('COMPLETED_WITH_EXCEPTIONS');
      expect(await elementsOf(bench, part)).toEqual(['FULL_NAME']);
      expect(await elementsOf(bench, whole, 'EX_COURT')).toHaveLength(4);
      for (const subjectId of [part, whole])
        await expect(elementsOf(bench, subjectId, 'LEGAL_OBLIGATION')).rejects.toMatchObject({
          code: 'RESTRICTED_BY_HOLD',
        });
      await expect(elementsOf(bench, gone)).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
      const other = { subjectId: whole, purpose: READ } as const;
      await expect(bench.subjects.read.run(bench.bank, other)).rejects.toMatchObject({
        code: 'TENANT_LEAVING',
      });
      expect(await leftOf(bench)).toMatchObject({
        records: 5,
        documents: 2,
        subjects: 2,
        objects: 2,
        owners: 0,
      });
      expect((await bench.receipt(order)).body).toMatchObject({
        outcome: 'COMPLETED_WITH_EXCEPTIONS',
        answer: { nature: 'ERASED_BUT_FOR_WHAT_IS_HELD' },
        exceptions: [
          { ground: 'EX_COURT', holds: 1, subjects: 1 },
          { ground: 'EX_LEGAL', holds: 1, subjects: 1 },
        ],
      });

      await release(bench, first);
      expect(await stateOf(bench, order)).toBe('ERASING');
      await again(bench, order);
      expect(await stateOf(bench, order)).toBe('COMPLETED_WITH_EXCEPTIONS');
      expect(await leftOf(bench)).toMatchObject({ records: 4, documents: 1, subjects: 1 });

      await release(bench, second);
      await again(bench, order);
      expect(await stateOf(bench, order)).toBe('COMPLETED');
      expect(await leftOf(bench)).toEqual(NOTHING);
      const body = (await bench.receipt(order)).body;
      expect(body).toMatchObject({ outcome: 'COMPLETED', exceptions: [] });
      expect(body.stores).toEqual([
        { store: 'postgres-records', erased: 12, remaining: 0 },
        { store: 'documents', erased: 3, remaining: 0 },
        { store: 'postgres-consents', erased: 0, remaining: 0 },
        { store: 'packages', erased: 0, remaining: 0 },
        { store: 'subjects', erased: 3, remaining: 0 },
      ]);
      for (const subjectId of subjects)
        expect(await bench.parts.vault.remaining(bench.bank.tenantId, subjectId)).toEqual({
          keys: 0,
          indexEntries: 0,
        });
    });

    it('R-81: placed before anything is destroyed holds back; one that comes later is told so', async () => {
      const { bench, subjects } = await aBank(2);
      const [held, late] = subjects as [SubjectId, SubjectId];
      const order = await bench.leave();
      const refusals: unknown[] = [];
      const { vault } = bench.parts;
      const worker = bench.worker({
        vault: vaultThat(
          vaultThat(vault, { after: 'intend', what: () => place(bench, aHold(bench, held)) }),
          {
            before: 'leave',
            what: () => place(bench, aHold(bench, late)).catch((error: unknown) => refusals.push(error)),
          },
        ),
      });
      await untilDone(bench, order, worker);
      expect(refusals).toEqual([expect.objectContaining({ code: 'ALREADY_ERASED' })]);
      expect(await stateOf(bench, order)).toBe('COMPLETED_WITH_EXCEPTIONS');
      expect(await elementsOf(bench, held)).toEqual(['FULL_NAME']);
      // Of what is kept, some may be held further; of what is gone nothing.
      await place(bench, aHold(bench, held, { ground: 'EX_CLAIMS' }));
      await expect(place(bench, aHold(bench, held, { elements: ['FACE_TEMPLATE'] }))).rejects.toMatchObject({
        code: 'ALREADY_ERASED',
      });
    });

    it('R-79: that end while it erases are erased all the same', async () => {
      const { bench, subjects } = await aBank(2);
      const hold = await place(bench, aHold(bench, subjects[0]!));
      const order = await bench.leave();
      const { vault } = bench.parts;
      let released = false;
      const worker = bench.worker({
        vault: vaultThat(vault, {
          before: 'leave',
          what: async () => {
            if (!released) await release(bench, hold);
            released = true;
          },
        }),
      });
      await untilDone(bench, order, worker);
      expect(await stateOf(bench, order)).toBe('COMPLETED');
      expect(await leftOf(bench)).toEqual(NOTHING);
    });
  });

  it('leaves other instructions to come to their own ends, with a receipt each', async () => {
    const { bench, subjects } = await aBank(3);
    const [first, second, third] = subjects as [SubjectId, SubjectId, SubjectId];
    const done = await bench.instruct(first);
    await bench.run(bench.worker(), done);
    const open = await bench.instruct(second);
    const part = await bench.instruct(third, { scopeElements: ['FULL_NAME'] });
    const order = await bench.leave();
    await untilDone(bench, order);
    for (const each of [open, part]) {
      await untilDone(bench, each);
      expect(await stateOf(bench, each)).toBe('COMPLETED');
      expect(await bench.receipt(each)).toMatchObject({ instructionId: each.instructionId });
    }
    expect(await leftOf(bench)).toEqual(NOTHING);
    expect(await bench.receipt(done)).toMatchObject({ outcome: 'COMPLETED' });
  });

  it('takes as many statements of both databases to sealedAt for a thousand subjects as for ten', async () => {
    const counted: number[] = [];
    for (const size of [10, 1000]) {
      house.clock.advance(1000);
      const bench = await house.another();
      const lines = Array.from({ length: size }, (_, number) => ({
        subject: aNewSubject(`cust-${number}`),
        identity: null,
      }));
      await bench.subjects.admitAll.run(bench.bank, lines);
      const order = await bench.leave();
      const stop = new Fault('sealed');
      let statements = 0;
      const query = jest.spyOn(pg.Client.prototype, 'query').mockName('query');
      const worker = bench.worker({
        vault: vaultThat(bench.parts.vault, {
          after: 'leave',
          what: () => {
            statements = query.mock.calls.length;
            throw stop;
          },
        }),
      });
      await bench.run(worker, order).catch(() => false);
      query.mockRestore();
      counted.push(statements);
    }
    expect(counted[0]).toBeGreaterThan(10);
    expect(counted[1]).toBe(counted[0]);
  });

  it('is refused for anything but a DELETE of everything at the end of the agreement', async () => {
    const { bench } = await aBank(1);
    const wrong = [
      { basis: 'CONSUMER_REQUEST' },
      { type: 'EXPORT' },
      { scopeElements: ['FULL_NAME'] },
    ] as const;
    for (const changes of wrong)
      await expect(bench.leave(changes)).rejects.toMatchObject({ code: 'SCOPE_INVALID' });
    const writing = { instructorId: null, text: null, documentSha256: null };
    await expect(bench.leave({ writing })).rejects.toMatchObject({ code: 'INSTRUCTION_NOT_WRITTEN' });
    const unknown = anInstruction({
      writing: { ...writing, text: 'Erase.', instructorId: newId(new Date()) },
    });
    await expect(bench.leave({ writing: unknown.writing })).rejects.toMatchObject({
      code: 'INSTRUCTOR_NOT_AUTHORISED',
    });
    await bench.admit('cust-still');
  });
});
