import { type Caller } from '@personr/audit';
import { type Json, newId, type SubjectId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type Vault } from '@personr/vault';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import { type AdmissionLine, type AdmissionOutcome } from './admission.js';
import { type NewSubject } from './subject.js';
import { markErasing, removeSubject, unmarkErasing } from './subject.repository.js';
import { aNewRecord, aNewSubject, subjectsOver } from './testing.js';

const PURPOSE = 'IDENTITY_VERIFICATION';

describe('a batch of admissions', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let room: ReturnType<typeof subjectsOver>;
  let bank: Caller;
  const clock = new SettableClock('2026-11-25T12:00:00.000Z');

  const aLine = (externalId: string, changes: Partial<NewSubject> = {}, key?: string): AdmissionLine => {
    const subject = aNewSubject(externalId, changes);
    const body = { externalId, records: subject.records.map(({ value }) => value) };
    return { subject, identity: key === undefined ? null : { key, act: 'import', body } };
  };
  const run = (...lines: AdmissionLine[]) => room.admitAll.run(bank, lines);
  const within = <T>(work: (tx: TenantTx) => Promise<T>) => tenancy.forTenant(bank.tenantId, work);
  const codesOf = (outcomes: readonly AdmissionOutcome[]) =>
    outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code));
  const idOf = (outcome: AdmissionOutcome | undefined): SubjectId => {
    if (outcome?.ok !== true) throw new Error('the line was refused');
    return outcome.admitted.id;
  };
  const valuesOf = async (subjectId: SubjectId): Promise<Json[]> =>
    (await room.read.run(bank, { subjectId, purpose: PURPOSE })).map(({ value }) => value);
  const count = () =>
    within(async (tx) => ({
      subjects: await tx.subject.count(),
      records: await tx.record.count(),
      entries: await tx.auditOutbox.count(),
      kept: await tx.idempotency.count(),
    }));
  const shred = async (id: SubjectId, labels?: readonly string[]) => {
    const keys = await opened.vault.keysOf(bank.tenantId, id, labels);
    await opened.vault.shred(bank.tenantId, keys, { instructionId: newId(clock.now()) });
  };
  /** What an execution does to a subject, in short: all of it, or the part that hangs on these elements. */
  const erase = async (id: SubjectId, elements?: readonly string[]) => {
    const by = newId<'instruction'>(clock.now());
    await within((tx) => markErasing(tx, id, { by, isWhole: elements === undefined }));
    await shred(id, elements);
    await within(async (tx) => {
      const part = elements === undefined ? {} : { element: { in: [...elements] } };
      await tx.record.deleteMany({ where: { subjectId: id, ...part } });
      if (elements === undefined) await removeSubject(tx, id);
      else await unmarkErasing(tx, id, by);
    });
  };
  /** The room over a vault in which something happens each time after lines have been claimed. */
  const roomWhere = (happens: (times: number) => Promise<unknown>) => {
    let times = 0;
    const vault = Object.create(opened.vault, {
      admitAll: {
        value: async (...given: Parameters<Vault['admitAll']>) => {
          const admitted = await opened.vault.admitAll(...given);
          await happens((times += 1));
          return admitted;
        },
      },
    }) as Vault;
    return subjectsOver({ tenancy, vault, clock });
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    room = subjectsOver({ tenancy, vault: opened.vault, clock });
  });

  beforeEach(async () => {
    clock.advance(1000);
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    bank = { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await databases.drop();
  });

  it('takes in every line, in order, each with its own entry', async () => {
    const names = Array.from({ length: 130 }, (_, at) => `cust-${at}`);
    const outcomes = await run(...names.map((name) => aLine(name, {}, `key-${name}`)));
    expect(codesOf(outcomes)).toEqual(names.map(() => 'ok'));
    expect(await count()).toEqual({ subjects: 130, records: 520, entries: 130, kept: 130 });
    for (const at of [0, 99, 100, 129]) {
      expect(await valuesOf(idOf(outcomes[at]))).toContain(names[at]);
    }
  });

  it('of no line is nothing', async () => {
    expect(await run()).toEqual([]);
  });

  it('is spoilt by none of its lines', async () => {
    const [erasing] = await run(aLine('erasing'));
    await within((tx) => markErasing(tx, idOf(erasing), { by: newId(clock.now()), isWhole: true }));
    await run(aLine('earlier', {}, 'taken'));
    const before = await count();
    const outcomes = await run(
      aLine('good-1', {}, 'a'),
      aLine('no-notice', { records: [aNewRecord({ element: 'GEOLOCATION' })] }),
      aLine('no-purpose', { records: [aNewRecord({ purpose: 'SECURITY_AND_FRAUD' })] }),
      aLine('empty', { identities: [{ type: 'PHONE', value: 'none' }] }),
      aLine(' '),
      aLine('surrogate', { records: [aNewRecord({ value: '\ud800' })] }),
      aLine('bad-key', {}, 'two words'),
      aLine('another', {}, 'taken'),
      aLine('erasing'),
      aLine('good-2', {}, 'b'),
    );
    expect(codesOf(outcomes)).toEqual([
      'ok',
      'CATEGORY_NOT_IN_NOTICE',
      'PURPOSE_NOT_IN_NOTICE',
      'VALIDATION_FAILED',
      'VALIDATION_FAILED',
      'JSON_NOT_CANONICAL',
      'IDEMPOTENCY_KEY_MALFORMED',
      'IDEMPOTENCY_CONFLICT',
      'SUBJECT_BEING_ERASED',
      'ok',
    ]);
    expect(await count()).toEqual({
      subjects: before.subjects + 2,
      records: before.records + 8,
      entries: before.entries + 2,
      kept: before.kept + 2,
    });
  });

  it('R-07: sent again changes nothing and is answered as before, line by line', async () => {
    const lines = [aLine('a', {}, 'a'), aLine('b', {}, 'b'), aLine('c', {}, 'c')];
    const first = await run(lines[0]!, lines[1]!);
    const keys = await opened.vault.keysOf(bank.tenantId, idOf(first[0]));
    const before = await count();
    const again = await run(...lines);
    expect(again.slice(0, 2)).toEqual(
      first.map((outcome) => ({
        ok: true,
        admitted: { ...(outcome as { admitted: object }).admitted, replayed: true },
      })),
    );
    expect(again[2]).toMatchObject({ ok: true, admitted: { replayed: false } });
    expect(await opened.vault.keysOf(bank.tenantId, idOf(first[0]))).toEqual(keys);
    expect(await count()).toEqual({
      subjects: before.subjects + 1,
      records: before.records + 4,
      entries: before.entries + 1,
      kept: before.kept + 1,
    });
  });

  it('R-07: with one key on several lines takes effect once, and refuses other content under it', async () => {
    const outcomes = await run(aLine('a', {}, 'k'), aLine('a', {}, 'k'), aLine('b', {}, 'k'));
    expect(codesOf(outcomes)).toEqual(['ok', 'ok', 'IDEMPOTENCY_CONFLICT']);
    expect(outcomes).toMatchObject([{ admitted: { replayed: false } }, { admitted: { replayed: true } }, {}]);
    expect(await count()).toMatchObject({ subjects: 1, records: 4, entries: 1 });
  });

  it('R-07: refuses the line whose key is at work elsewhere, and no other', async () => {
    const line = aLine('busy', {}, 'busy');
    const request = await room.requests.identify(bank.tenantId, line.identity!);
    await within(async (tx) => {
      await room.requests.begin(tx, request);
      expect(codesOf(await run(line, aLine('idle', {}, 'idle')))).toEqual(['IDEMPOTENCY_IN_PROGRESS', 'ok']);
    });
    expect(codesOf(await run(line))).toEqual(['ok']);
  });

  it('with one person on several lines, however spelt, is one subject that holds what each of them brought', async () => {
    const values = ['one', 'two', 'three'];
    const outcomes = await run(
      ...values.map((value, at) =>
        aLine(`${' '.repeat(at)}cust`, { identities: [], records: [aNewRecord({ value })] }),
      ),
    );
    expect(new Set(outcomes.map(idOf)).size).toBe(1);
    expect(outcomes.map((outcome) => outcome.ok && outcome.admitted.created)).toEqual([true, false, false]);
    expect(await count()).toMatchObject({ subjects: 1, entries: 3 });
    expect(await valuesOf(idOf(outcomes[0]))).toEqual(expect.arrayContaining(values));
    const again = await run(aLine('cust', { records: [] }), aLine('cust', { records: [] }));
    expect(again.map(idOf)).toEqual([idOf(outcomes[0]), idOf(outcomes[0])]);
    expect(
      (await valuesOf(idOf(outcomes[0]))).filter((value) => value === 'cust@people.example'),
    ).toHaveLength(1);
  });

  it('and another of the same people in another order do not wait for each other for ever', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `cust-${at}`);
    const batches = Array.from({ length: 6 }, (_, at) => (at % 2 ? names : [...names].reverse()));
    const all = await Promise.all(batches.map((batch) => run(...batch.map((name) => aLine(name)))));
    expect(all.flatMap(codesOf)).toEqual(Array.from({ length: 120 }, () => 'ok'));
    expect(await count()).toMatchObject({ subjects: 20, entries: 120 });
    const ids = await within((tx) => tx.subject.findMany({ select: { id: true } }));
    for (const { id } of ids) expect(await valuesOf(id as SubjectId)).toHaveLength(2 + 6 * 2);
  });

  describe('while an erasure', () => {
    it('of the whole ends between claim and write, starts that line over as a new subject', async () => {
      const [old] = await run(aLine('gone'));
      const slow = roomWhere((times) => (times === 1 ? erase(idOf(old)) : Promise.resolve()));
      const outcomes = await slow.admitAll.run(bank, [aLine('a'), aLine('gone'), aLine('b')]);
      expect(codesOf(outcomes)).toEqual(['ok', 'ok', 'ok']);
      expect(idOf(outcomes[1])).not.toBe(idOf(old));
      expect(await count()).toMatchObject({ subjects: 3, records: 12, entries: 4 });
      expect(await valuesOf(idOf(outcomes[1]))).toHaveLength(4);
      await expect(room.find.byId(bank.tenantId, idOf(old))).rejects.toMatchObject({
        code: 'SUBJECT_NOT_FOUND',
      });
      expect(await opened.vault.remaining(bank.tenantId, idOf(old))).toEqual({ keys: 0, indexEntries: 0 });
    });

    it('of a part ends between claim and write, seals that line again under a living key', async () => {
      const [known] = await run(aLine('part'));
      const slow = roomWhere((times) =>
        times === 1 ? erase(idOf(known), ['FULL_NAME']) : Promise.resolve(),
      );
      const outcomes = await slow.admitAll.run(bank, [aLine('a'), aLine('part')]);
      expect(outcomes.map(idOf)).toContain(idOf(known));
      const values = await valuesOf(idOf(known));
      expect(values.filter((value) => value === 'Ada Invented')).toHaveLength(1);
      expect(values).toHaveLength(5);
    });

    it('has begun but not ended, refuses that line alone', async () => {
      const [known] = await run(aLine('marked'));
      const by = newId<'instruction'>(clock.now());
      const slow = roomWhere(() => within((tx) => markErasing(tx, idOf(known), { by, isWhole: true })));
      expect(codesOf(await slow.admitAll.run(bank, [aLine('marked'), aLine('a')]))).toEqual([
        'SUBJECT_BEING_ERASED',
        'ok',
      ]);
    });

    it('waits for the batch that holds its subject, and then takes what that wrote', async () => {
      const [known] = await run(aLine('held'));
      let marking: Promise<unknown> | undefined;
      const slow = Object.create(opened.vault, {
        closed: {
          value: async (...given: Parameters<Vault['closed']>) => {
            marking ??= erase(idOf(known));
            await new Promise((resolve) => setTimeout(resolve, 100));
            return opened.vault.closed(...given);
          },
        },
      }) as Vault;
      const { admitAll } = subjectsOver({ tenancy, vault: slow, clock });
      expect(codesOf(await admitAll.run(bank, [aLine('held'), aLine('a')]))).toEqual(['ok', 'ok']);
      await marking;
      expect(await count()).toMatchObject({ subjects: 1, records: 4, entries: 3 });
      expect(await opened.vault.remaining(bank.tenantId, idOf(known))).toEqual({ keys: 0, indexEntries: 0 });
    });

    it('strikes again and again, gives that line up after three tries and takes the others in', async () => {
      await run(aLine('struck'));
      const strike = async () => {
        const [id] = await opened.vault.find(bank.tenantId, { type: 'EXTERNAL_ID', value: 'struck' });
        await shred(id!);
      };
      const slow = roomWhere(strike);
      expect(codesOf(await slow.admitAll.run(bank, [aLine('struck'), aLine('a')]))).toEqual([
        'KEY_SHREDDED',
        'ok',
      ]);
    });

    it.each([1, 2, 3])('and intake run at once, loses nothing and revives nothing: %i', async () => {
      const names = Array.from({ length: 6 }, (_, at) => `cust-${at}`);
      let taken = 0;
      let working = 3;
      const admit = async () => {
        for (let round = 0; round < 5; round += 1) {
          const outcomes = await run(...names.map((name) => aLine(name)));
          taken += outcomes.filter(({ ok }) => ok).length;
          expect(codesOf(outcomes).filter((code) => !['ok', 'SUBJECT_BEING_ERASED'].includes(code))).toEqual(
            [],
          );
        }
        working -= 1;
      };
      const strike = async (elements?: readonly string[]) => {
        for (let at = 0; working > 0; at += 1) {
          const value = names[at % names.length]!;
          const [id] = await opened.vault.find(bank.tenantId, { type: 'EXTERNAL_ID', value });
          if (id !== undefined) await erase(id, elements);
        }
      };
      await Promise.all([admit(), admit(), admit(), strike(), strike(['FULL_NAME'])]);
      expect(await count()).toMatchObject({ entries: taken });
      const subjects = await within((tx) => tx.subject.findMany({ select: { id: true } }));
      for (const { id } of subjects) {
        const values = await valuesOf(id as SubjectId);
        expect(values.filter((value) => typeof value === 'string' && value.startsWith('cust-'))).toHaveLength(
          2,
        );
      }
      expect(await within((tx) => tx.record.count())).toBe(
        (await Promise.all(subjects.map(({ id }) => valuesOf(id as SubjectId)))).flat().length,
      );
    });
  });
});
