import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller } from '@personr/audit';
import { type Json, newId, type SubjectId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { type Tenancy } from '@personr/tenancy';
import { type Vault } from '@personr/vault';
import { type TestVault } from '@personr/vault/testing';
import type pg from 'pg';
import { markErasing, removeSubject, unmarkErasing } from './subject.repository.js';
import { aNewRecord, aNewSubject, subjectsOver, TestHouse } from './testing.js';

const PURPOSE = 'IDENTITY_VERIFICATION';

describe('subjects', () => {
  let house: TestHouse;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let room: ReturnType<typeof subjectsOver>;
  let bank: Caller;
  let market: Caller;
  let externalId: string;
  let count = 0;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');

  const admit = (changes = {}, caller = bank) =>
    room.admit.run(caller, aNewSubject(externalId, changes), null);
  const valuesOf = async (subjectId: SubjectId, caller = bank): Promise<Json[]> =>
    (await room.read.run(caller, { subjectId, purpose: PURPOSE })).map(({ value }) => value);
  const within = <T>(work: Parameters<Tenancy['forTenant']>[1], tenantId = bank.tenantId) =>
    tenancy.forTenant(tenantId, work) as Promise<T>;
  const mark = (id: SubjectId) =>
    within<boolean>((tx) => markErasing(tx, id, { by: newId(clock.now()), isWhole: true }));
  /** What an execution does to a subject, in short. */
  const eraseWhole = async (id: SubjectId) => {
    await mark(id);
    const keys = await opened.vault.keysOf(bank.tenantId, id);
    await opened.vault.shred(bank.tenantId, keys, { instructionId: newId(clock.now()) });
    await within(async (tx) => {
      await tx.record.deleteMany({ where: { subjectId: id } });
      await removeSubject(tx, id);
    });
  };
  const entries = async (event: string) =>
    (await house.entries(bank.tenantId)).filter((entry) => entry.event === event);

  beforeAll(async () => {
    house = await TestHouse.open(clock);
    ({ tenancy, opened, owner } = house);
    room = subjectsOver(house.foundations);
    market = await house.business();
  });

  beforeEach(async () => {
    clock.advance(1000);
    count += 1;
    externalId = `cust-${count}`;
    bank = await house.business();
  });

  afterAll(() => house.close());

  describe('admission', () => {
    it('twice is one subject, with what came each time and every identity once', async () => {
      const first = await admit();
      const second = await admit({ records: [aNewRecord({ element: 'OCCUPATION', value: 'inventor' })] });
      expect([first.created, second.created]).toEqual([true, false]);
      expect(second.id).toBe(first.id);
      const expected = [
        externalId,
        `${externalId}@people.example`,
        'Ada Invented',
        { vector: [0.25, 0.5] },
        'inventor',
      ];
      const values = await valuesOf(first.id);
      expect(values).toHaveLength(expected.length);
      expect(values).toEqual(expect.arrayContaining(expected));
    });

    it('of one external id by many at once is one subject that holds what each of them brought', async () => {
      const names = Array.from({ length: 8 }, (_, at) => `Name ${at}`);
      const admitted = await Promise.all(names.map((value) => admit({ records: [aNewRecord({ value })] })));
      expect(new Set(admitted.map(({ id }) => id)).size).toBe(1);
      expect(admitted.filter(({ created }) => created)).toHaveLength(1);
      expect(await within((tx) => tx.subject.count())).toBe(1);
      const values = await valuesOf(admitted[0]!.id);
      expect(values.filter((value) => typeof value === 'string' && value.startsWith('Name')).sort()).toEqual(
        names,
      );
      expect(values.filter((value) => value === externalId)).toHaveLength(1);
      expect(await entries('subject.admitted')).toHaveLength(8);
    });

    it('R-02: of one person by two tenants is two subjects that do not know each other', async () => {
      const [here, there] = [await admit(), await admit({}, market)];
      expect(here.id).not.toBe(there.id);
      await expect(room.find.byId(bank.tenantId, there.id)).rejects.toMatchObject({
        code: 'SUBJECT_NOT_FOUND',
      });
      await expect(room.inventory.run(bank.tenantId, there.id)).rejects.toMatchObject({
        code: 'SUBJECT_NOT_FOUND',
      });
      await expect(valuesOf(there.id)).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
      await eraseWhole(here.id);
      expect(await valuesOf(there.id, market)).toHaveLength(4);
    });

    it('answers for each value how it is classified, in the order sent', async () => {
      expect((await admit()).records).toEqual([
        { id: expect.any(String) as unknown, element: 'FULL_NAME', categories: ['A', 'B'] },
        { id: expect.any(String) as unknown, element: 'FACE_TEMPLATE', categories: ['E'] },
      ]);
    });

    it('R-07: repeated with its key is answered from what it made, and makes nothing more', async () => {
      const identity = { key: 'key-1', act: 'admit', body: {} };
      const first = await room.admit.run(bank, aNewSubject(externalId), identity);
      const again = await room.admit.run(bank, aNewSubject(externalId), identity);
      expect(again).toEqual({ ...first, replayed: true });
      expect(await valuesOf(first.id)).toHaveLength(4);
      expect(await entries('subject.admitted')).toHaveLength(1);
    });

    it.each([
      ['a category', { element: 'GEOLOCATION' as const }, 'CATEGORY_NOT_IN_NOTICE'],
      ['a purpose', { purpose: 'SECURITY_AND_FRAUD' as const }, 'PURPOSE_NOT_IN_NOTICE'],
    ])('R-14: with %s that is not in the notice is refused and leaves nothing', async (_, changes, code) => {
      const records = [aNewRecord(), aNewRecord(changes)];
      await expect(admit({ records })).rejects.toMatchObject({ code });
      expect(await within((tx) => tx.subject.count())).toBe(0);
      const { id } = await admit();
      await expect(room.add.run(bank, { subjectId: id, records }, null)).rejects.toMatchObject({ code });
      expect(await valuesOf(id)).toHaveLength(4);
    });

    it.each(['record', 'audit_outbox'])(
      'whose row in %s cannot be written leaves no row, and its keys serve the next attempt',
      async (table) => {
        await owner.query(`alter table ${table} add constraint closed check (false) not valid`);
        try {
          await expect(admit()).rejects.toThrow(/closed/);
        } finally {
          await owner.query(`alter table ${table} drop constraint closed`);
        }
        expect(await within((tx) => tx.subject.count())).toBe(0);
        const { id, created } = await admit();
        expect(created).toBe(true);
        expect(await valuesOf(id)).toHaveLength(4);
      },
    );
  });

  describe('from the mark of an erasure on', () => {
    it('nothing is written, by admission or addition, and nothing is read', async () => {
      const { id } = await admit();
      expect(await mark(id)).toBe(true);
      const refused = { code: 'SUBJECT_BEING_ERASED' };
      await expect(admit()).rejects.toMatchObject(refused);
      await expect(
        room.add.run(bank, { subjectId: id, records: [aNewRecord()] }, null),
      ).rejects.toMatchObject(refused);
      await expect(valuesOf(id)).rejects.toMatchObject(refused);
      expect(await within((tx) => tx.record.count())).toBe(4);
      expect(await room.find.byId(bank.tenantId, id)).toMatchObject({ beingErased: true });
    });

    it('no writer that came earlier is still at work: the mark waits for it', async () => {
      const { id } = await admit();
      const order: string[] = [];
      let marked: Promise<unknown> | undefined;
      const slow = Object.create(opened.vault, {
        seal: {
          value: async (...given: Parameters<Vault['seal']>) => {
            marked = mark(id).then(() => order.push('marked'));
            await sleep(150);
            order.push('written');
            return opened.vault.seal(...given);
          },
        },
      }) as Vault;
      const { add } = subjectsOver({ tenancy, vault: slow, clock });
      const records = [aNewRecord({ element: 'OCCUPATION', value: 'inventor' })];
      await add.run(bank, { subjectId: id, records }, null);
      await marked;
      expect(order).toEqual(['written', 'marked']);
    });

    it('only the instruction that marked it can end the erasure of a part', async () => {
      const { id } = await admit();
      const instruction = newId<'instruction'>(clock.now());
      await within((tx) => markErasing(tx, id, { by: instruction, isWhole: true }));
      await within((tx) => unmarkErasing(tx, id, newId(clock.now())));
      await expect(admit()).rejects.toMatchObject({ code: 'SUBJECT_BEING_ERASED' });
      await within((tx) => unmarkErasing(tx, id, instruction));
      expect((await admit()).id).toBe(id);
    });

    it.each([
      ['before', ['part', 'whole']],
      ['after', ['whole', 'part']],
    ] as const)('a part that was marked %s the whole does not open it again', async (_, order) => {
      const { id } = await admit();
      const part = newId<'instruction'>(clock.now());
      const whole = newId<'instruction'>(clock.now());
      for (const which of order) {
        const mark = { by: which === 'part' ? part : whole, isWhole: which === 'whole' };
        expect(await within((tx) => markErasing(tx, id, mark))).toBe(true);
      }
      await within((tx) => unmarkErasing(tx, id, part));
      await expect(admit()).rejects.toMatchObject({ code: 'SUBJECT_BEING_ERASED' });
    });

    it('a mark on somebody we do not hold finds nobody', async () => {
      expect(await mark(newId(clock.now()))).toBe(false);
      const { id } = await admit({}, market);
      expect(await mark(id)).toBe(false);
    });
  });

  it('R-65: admitted after a finished erasure is a new subject that knows nothing of the old', async () => {
    const old = await admit();
    await eraseWhole(old.id);
    const { id, created } = await admit({ records: [] });
    expect(created).toBe(true);
    expect(id).not.toBe(old.id);
    expect(await valuesOf(id)).toEqual(expect.arrayContaining([externalId, `${externalId}@people.example`]));
    const subjects = await within<{ subjectRef: string }[]>((tx) => tx.subject.findMany());
    expect(subjects).toHaveLength(1);
    await expect(room.find.byId(bank.tenantId, old.id)).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
  });

  describe('values', () => {
    it.each<[string, Json]>([
      ['text', 'Ada Invented'],
      ['text beyond ASCII', 'Žofie 𝔄 \u0000 \u2028 "quoted"'],
      ['empty text', ''],
      ['a number', -12.5e-7],
      ['a list', [1, [2, [3, null, true]]]],
      ['an object', { b: { a: [], '': {} }, a: false }],
      ['long text', 'x'.repeat(60_000)],
    ])('open to what was sent: %s', async (_, value) => {
      const collectedAt = new Date('2026-11-20T10:00:00.007Z');
      const { id, records } = await admit({ identities: [], records: [aNewRecord({ value, collectedAt })] });
      const read = await room.read.run(bank, { subjectId: id, purpose: PURPOSE, elements: ['FULL_NAME'] });
      const { source, purpose } = aNewRecord();
      expect(read).toEqual([{ ...records[0], value, source, purpose, collectedAt }]);
    });

    it('rest sealed: nothing that was sent is in a row or an entry', async () => {
      await admit({ records: [aNewRecord({ value: 'Marker-7f3a' })] });
      for (const table of ['subject', 'record', 'audit_outbox', 'idempotency']) {
        const { rows } = await owner.query<{ row: string }>(
          `select encode(t::text::bytea, 'escape') as row from ${table} t`,
        );
        const { rows: entered } = await owner.query<{ entry: Buffer }>('select entry from audit_outbox');
        const text = rows.map(({ row }) => row).join() + entered.map(({ entry }) => entry.toString()).join();
        expect(text).not.toContain('Marker-7f3a');
        expect(text).not.toContain(`${externalId}@`);
      }
    });

    it('R-08: are read for a purpose that is permitted, and who read them is in the log', async () => {
      const { id } = await admit();
      for (const purpose of ['WEBSITE_ADVERTISING', 'CANDIDATE_EVALUATION', 'whatever', '']) {
        await expect(room.read.run(bank, { subjectId: id, purpose })).rejects.toMatchObject({
          code: 'PURPOSE_NOT_PERMITTED',
        });
      }
      expect(await entries('values.read')).toEqual([]);
      await room.read.run(bank, { subjectId: id, purpose: 'SECURITY_AND_FRAUD', elements: ['FULL_NAME'] });
      expect(await entries('values.read')).toEqual([
        expect.objectContaining({
          actor: bank.actor,
          detail: { purpose: 'SECURITY_AND_FRAUD', elements: ['FULL_NAME'], records: 1 },
        }),
      ]);
    });

    it.each([
      ['between two values of one subject', 'same', 'sealed = o.sealed'],
      ['between two subjects', 'other', 'sealed = o.sealed'],
      ['between two subjects, with their key ids', 'other', 'sealed = o.sealed, key_id = o.key_id'],
    ])('moved %s do not open', async (_, whose, change) => {
      const records = [aNewRecord({ value: 'one' }), aNewRecord({ value: 'two' })];
      const mine = await admit({ identities: [], records });
      const other = await room.admit.run(bank, aNewSubject(`${externalId}-b`), null);
      const pair = [mine.records[0]!.id, whose === 'same' ? mine.records[1]!.id : other.records[0]!.id];
      await owner.query(
        `update record r set ${change} from record o where r.id = any($1) and o.id = any($1) and r.id <> o.id`,
        [pair],
      );
      await expect(valuesOf(mine.id)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    });

    it.each([
      ['a bit of it', 'set_bit(sealed, 200, 1 - get_bit(sealed, 200))', 'SEAL_BROKEN'],
      ['its end', 'substr(sealed, 1, length(sealed) - 1)', 'SEAL_BROKEN'],
      ['all of it', "'\\x'::bytea", 'SEAL_BROKEN'],
    ])('do not open once %s is changed', async (_, change, code) => {
      const { id } = await admit();
      await owner.query(
        `update record set sealed = ${change} where subject_id = $1 and element = 'FULL_NAME'`,
        [id],
      );
      await expect(valuesOf(id)).rejects.toMatchObject({ code });
    });

    it('do not open under another element', async () => {
      const { id } = await admit();
      await owner.query(
        "update record set element = 'OCCUPATION' where subject_id = $1 and element = 'FULL_NAME'",
        [id],
      );
      await expect(valuesOf(id)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    });

    it('are counted in the inventory without being opened', async () => {
      const { id } = await admit({
        records: [aNewRecord(), aNewRecord(), aNewRecord({ element: 'SELFIE' })],
      });
      await owner.query("update record set sealed = '\\x' where subject_id = $1", [id]);
      const { elements } = await room.inventory.run(bank.tenantId, id);
      expect(elements.map(({ element, count: held }) => [element, held])).toEqual([
        ['EMAIL_ADDRESS', 1],
        ['EXTERNAL_ID', 1],
        ['FULL_NAME', 2],
        ['SELFIE', 1],
      ]);
    });
  });

  describe('lookup', () => {
    const byEmail = (name: string, tenantId: TenantId = bank.tenantId) =>
      room.find.byIdentities(tenantId, [{ type: 'EMAIL', value: `${name}@people.example` }]);

    it('finds by any identity, however it is spelt, and nobody for one that is unknown or of another tenant', async () => {
      const { id } = await admit();
      expect(await byEmail(externalId.toUpperCase())).toMatchObject({ id });
      expect(await byEmail('nobody')).toBeNull();
      expect(await byEmail(externalId, market.tenantId)).toBeNull();
    });

    it('R-41: acts on no doubtful match', async () => {
      await admit();
      const twin = { identities: [{ type: 'EMAIL' as const, value: `${externalId}@people.example` }] };
      await room.admit.run(bank, aNewSubject(`${externalId}-twin`, twin), null);
      await expect(byEmail(externalId)).rejects.toMatchObject({ code: 'SUBJECT_AMBIGUOUS' });
    });

    it('finds nobody by the identities of somebody erased', async () => {
      const { id } = await admit();
      await eraseWhole(id);
      expect(await byEmail(externalId)).toBeNull();
    });

    it('lists every subject once, newest first, page by page', async () => {
      const ids: SubjectId[] = [];
      for (let at = 0; at < 5; at += 1) {
        clock.advance(1);
        ids.unshift((await room.admit.run(bank, aNewSubject(`${externalId}-${at}`), null)).id);
      }
      const first = await room.find.page(bank.tenantId, { limit: 3, after: null });
      const rest = await room.find.page(bank.tenantId, { limit: 3, after: first.at(-1)!.id });
      expect([...first, ...rest].map(({ id }) => id)).toEqual(ids);
    });
  });

  it('adds to a subject that is known, and to no other', async () => {
    const { id } = await admit();
    const records = [aNewRecord({ element: 'OCCUPATION', value: 'inventor' })];
    const added = await room.add.run(bank, { subjectId: id, records }, null);
    expect(added.records).toMatchObject([{ element: 'OCCUPATION', categories: ['I'] }]);
    expect(await valuesOf(id)).toContain('inventor');
    const foreign = (await admit({}, market)).id;
    for (const subjectId of [foreign, newId<'subject'>(clock.now())]) {
      await expect(room.add.run(bank, { subjectId, records }, null)).rejects.toMatchObject({
        code: 'SUBJECT_NOT_FOUND',
      });
    }
  });
});
