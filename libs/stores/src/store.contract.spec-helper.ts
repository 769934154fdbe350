import { newId, newSubjectRef, type RecordId, type SubjectId, type TenantId } from '@personr/kernel';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { type RecordStore, type Scope, type SealedRecord } from './store.js';

const AT = new Date('2026-11-23T18:00:00.000Z');

const aRecord = (subjectId: SubjectId, changes: Partial<SealedRecord> = {}): SealedRecord => ({
  id: newId(AT),
  subjectId,
  role: 'SERVICE_PROVIDER',
  consentId: null,
  element: 'FULL_NAME',
  source: 'CLIENT_OR_AGENT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: new Date('2026-11-20T10:00:00.123Z'),
  createdAt: AT,
  keyId: newId(AT),
  sealed: Uint8Array.from({ length: 64 }, (_, at) => at),
  ...changes,
});

const byId = (records: readonly SealedRecord[]): SealedRecord[] =>
  [...records].sort((left, right) => (left.id < right.id ? -1 : 1));

/** What every store must keep: each adapter runs it, with nothing of its own but `make`. */
export function describeStore(name: string, make: () => RecordStore | Promise<RecordStore>): void {
  describe(`the store ${name}`, () => {
    let databases: TestDatabases;
    let tenancy: Tenancy;
    let store: RecordStore;
    let bank: TenantId;
    let market: TenantId;
    let ada: SubjectId;

    const within = <T>(work: (tx: TenantTx) => Promise<T>, tenant = bank) => tenancy.forTenant(tenant, work);
    const aSubject = async (tenant = bank, id: SubjectId = newId(AT)): Promise<SubjectId> => {
      const subject = { id, subjectRef: newSubjectRef(), role: 'SERVICE_PROVIDER', createdAt: AT };
      await within((tx) => tx.subject.create({ data: { tenantId: tenant, ...subject } }), tenant);
      return id;
    };
    const write = (records: readonly SealedRecord[], tenant = bank) =>
      within((tx) => store.write(tx, records), tenant);
    const read = (scope: Scope, tenant = bank): Promise<SealedRecord[]> =>
      within(async (tx) => {
        const records: SealedRecord[] = [];
        for await (const record of store.read(tx, scope)) records.push(record);
        return records;
      }, tenant);
    const erase = (scope: Scope, tenant = bank) => within((tx) => store.erase(tx, scope), tenant);
    const remaining = (scope: Scope, tenant = bank) => within((tx) => store.remaining(tx, scope), tenant);

    beforeAll(async () => {
      databases = await createTestDatabases();
      tenancy = openTenancy(databases);
      store = await make();
      bank = await aTenant(tenancy);
      market = await aTenant(tenancy);
    });

    beforeEach(async () => {
      ada = await aSubject();
    });

    afterAll(async () => {
      await tenancy.close();
      await databases.drop();
    });

    it('gives back what was written, to the byte and the millisecond', async () => {
      const records = [
        aRecord(ada),
        aRecord(ada, {
          element: 'FACE_TEMPLATE',
          sealed: new Uint8Array(0),
          source: 'WEBSITE',
          purpose: 'x',
        }),
        aRecord(ada, { element: 'SELFIE', sealed: new Uint8Array(100_000).fill(255) }),
      ];
      await write(records);
      expect(await read({ subjectId: ada })).toEqual(byId(records));
    });

    it.each([0, 1, 199, 200, 201, 400, 401])(
      'reads all of %i records, each once, oldest first',
      async (count) => {
        const records = Array.from({ length: count }, (_, at) =>
          aRecord(ada, { id: newId<'record'>(new Date(AT.getTime() + at)) }),
        );
        await write([...records].reverse());
        const found = await read({ subjectId: ada });
        expect(found.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
      },
    );

    it('keeps all records of a write or none', async () => {
      const twice = aRecord(ada);
      await expect(write([aRecord(ada), twice, twice])).rejects.toThrow();
      expect(await remaining({ subjectId: ada })).toBe(0);
    });

    it('R-67: reads, counts and erases the elements in scope and no others', async () => {
      const kept = [aRecord(ada, { element: 'EMAIL_ADDRESS' }), aRecord(ada, { element: 'SELFIE' })];
      const gone = [aRecord(ada), aRecord(ada), aRecord(ada, { element: 'FACE_TEMPLATE' })];
      await write([...kept, ...gone]);
      const scope: Scope = { subjectId: ada, elements: ['FULL_NAME', 'FACE_TEMPLATE'] };
      expect(await read(scope)).toEqual(byId(gone));
      expect(await remaining(scope)).toBe(3);
      expect(await erase(scope)).toBe(3);
      expect(await remaining(scope)).toBe(0);
      expect(await read({ subjectId: ada })).toEqual(byId(kept));
    });

    it('takes a scope without elements for nothing, and no scope of elements for everything', async () => {
      await write([aRecord(ada)]);
      expect(await erase({ subjectId: ada, elements: [] })).toBe(0);
      expect(await remaining({ subjectId: ada, elements: [] })).toBe(0);
      expect(await erase({ subjectId: ada })).toBe(1);
    });

    it('R-60: erases everything of the subject, and may be told to again', async () => {
      await write(Array.from({ length: 250 }, () => aRecord(ada)));
      expect(await erase({ subjectId: ada })).toBe(250);
      expect(await erase({ subjectId: ada })).toBe(0);
      expect(await remaining({ subjectId: ada })).toBe(0);
      expect(await read({ subjectId: ada })).toEqual([]);
    });

    it('counts afresh what came after an erasure', async () => {
      await write([aRecord(ada)]);
      await within(async (tx) => {
        await store.erase(tx, { subjectId: ada });
        expect(await store.remaining(tx, { subjectId: ada })).toBe(0);
        await store.write(tx, [aRecord(ada), aRecord(ada)]);
        expect(await store.remaining(tx, { subjectId: ada })).toBe(2);
      });
    });

    it('R-01, R-02: leaves another subject and another tenant byte for byte as they were', async () => {
      await aSubject(market, ada);
      const bob = await aSubject();
      const id: RecordId = newId(AT);
      const [mine, theirs, his] = [aRecord(ada, { id }), aRecord(ada, { id }), aRecord(bob)];
      await write([mine, his]);
      await write([theirs], market);
      expect(await read({ subjectId: ada })).toEqual([mine]);
      expect(await erase({ subjectId: ada })).toBe(1);
      expect(await read({ subjectId: ada }, market)).toEqual([theirs]);
      expect(await read({ subjectId: bob })).toEqual([his]);
    });

    it('R-01: counts everything of a tenant, of every subject, and nothing of another', async () => {
      const tenant = await aTenant(tenancy);
      const [first, second] = [await aSubject(tenant), await aSubject(tenant)];
      await write([aRecord(first), aRecord(first), aRecord(second)], tenant);
      const countAll = () => within((tx) => store.countAll(tx), tenant);
      expect(await countAll()).toBe(3);
      await write([aRecord(ada)]);
      await erase({ subjectId: first }, tenant);
      expect(await countAll()).toBe(1);
    });

    it('gives everything back when the transaction that erased is rolled back', async () => {
      const record = aRecord(ada);
      await write([record]);
      const failing = within(async (tx) => {
        await store.erase(tx, { subjectId: ada });
        throw new Error('the step failed');
      });
      await expect(failing).rejects.toThrow('the step failed');
      expect(await read({ subjectId: ada })).toEqual([record]);
    });

    it('counts what is held by element, source and purpose', async () => {
      await write([
        aRecord(ada),
        aRecord(ada),
        aRecord(ada, { source: 'WEBSITE' }),
        aRecord(ada, { purpose: 'AML_CFT_COMPLIANCE' }),
        aRecord(ada, { element: 'SELFIE' }),
      ]);
      const lines = await within((tx) => store.inventory(tx, { subjectId: ada }));
      const line = {
        element: 'FULL_NAME',
        source: 'CLIENT_OR_AGENT',
        purpose: 'IDENTITY_VERIFICATION',
        count: 1,
      };
      expect(lines).toEqual([
        { ...line, purpose: 'AML_CFT_COMPLIANCE' },
        { ...line, count: 2 },
        { ...line, source: 'WEBSITE' },
        { ...line, element: 'SELFIE' },
      ]);
      expect(
        await within((tx) => store.inventory(tx, { subjectId: ada, elements: ['SELFIE'] })),
      ).toHaveLength(1);
      expect(await within((tx) => store.inventory(tx, { subjectId: newId(AT) }))).toEqual([]);
    });

    it('says which elements are held of each of several subjects, and leaves out who has none', async () => {
      const [ben, carl] = [await aSubject(), await aSubject()];
      await write([aRecord(ada), aRecord(ada), aRecord(ada, { element: 'SELFIE' }), aRecord(ben)]);
      const elements = await within((tx) => store.elementsOf(tx, [ada, ben, carl]));
      expect([...(elements.get(ada) ?? [])].sort()).toEqual(['FULL_NAME', 'SELFIE']);
      expect(elements.get(ben)).toEqual(['FULL_NAME']);
      expect(elements.has(carl)).toBe(false);
      const foreign = await within((tx) => store.elementsOf(tx, [ada]), market);
      expect(foreign.size).toBe(0);
    });
  });
}
