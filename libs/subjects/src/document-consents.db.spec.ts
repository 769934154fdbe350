import { type Caller } from '@personr/audit';
import { type ConsentId, newId, type SubjectId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { type ObjectStore, subjectPrefix } from '@personr/stores';
import { anObjectStore, houseStores } from '@personr/stores/testing';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant } from '@personr/tenancy/testing';
import { termsOver } from '@personr/terms/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { type NewDocument } from './document.js';
import { markErasing, removeSubject } from './subject.repository.js';
import { aNewConsent, aNewSubject, subjectsOver } from './testing.js';

/** A body, before whose end `before` runs. */
async function* bytes(before: () => unknown): AsyncIterable<Uint8Array> {
  yield Buffer.from('a ');
  await before();
  yield Buffer.from('picture');
}

describe('R-12: a document and the consent it is taken in under', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let objects: ObjectStore;
  let room: ReturnType<typeof subjectsOver>;
  let bank: Caller;
  let subjectId: SubjectId;
  let count = 0;
  const clock = new SettableClock('2026-11-24T18:00:00.000Z');

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    objects = anObjectStore();
    room = subjectsOver({ tenancy, vault: opened.vault, clock, objects });
  });

  beforeEach(async () => {
    count += 1;
    clock.advance(1000);
    const tenantId = await aTenant(tenancy, clock.now());
    await opened.vault.openTenant(tenantId);
    bank = { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
    subjectId = (await admit(`cust-${count}`)).id;
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await owner.end();
    await databases.drop();
  });

  const admit = (externalId: string) => room.admit.run(bank, aNewSubject(externalId, { records: [] }), null);
  const within = <T>(work: (tx: TenantTx) => Promise<T>): Promise<T> =>
    tenancy.forTenant(bank.tenantId, work);
  const add = (changes: Partial<NewDocument> = {}, before: () => unknown = () => undefined) => {
    const document: NewDocument = {
      subjectId,
      element: 'SELFIE',
      source: 'CONSUMER_DIRECT',
      purpose: 'IDENTITY_VERIFICATION',
      collectedAt: new Date('2026-11-20T10:00:00.000Z'),
      mediaType: 'image/png',
      ...changes,
    };
    const body = { bytes: bytes(before), sizeBytes: null, sha256: null };
    return room.addDocument.run(bank, { document, body, identity: null });
  };
  const consented = async (of = subjectId): Promise<ConsentId> =>
    (await room.giveConsent.run(bank, { subjectId: of, consent: aNewConsent() }, null)).consent.id;
  const listed = () => room.readDocument.page(bank.tenantId, { subjectId, limit: 9, after: null });
  const expectNothingKept = async () => {
    expect(await listed()).toEqual([]);
    expect(await objects.remaining({ prefix: subjectPrefix(bank.tenantId, subjectId) })).toBe(0);
    const { rows } = await owner.query('select 1 from document_upload where subject_id = $1', [subjectId]);
    expect(rows).toEqual([]);
  };

  it('is kept with it', async () => {
    const consentId = await consented();
    const { id } = await add({ consentId });
    expect(await listed()).toMatchObject([{ id, consentId }]);
  });

  it('is refused without one where the policy wants one, and not where it does not', async () => {
    const { changePolicy } = termsOver({ tenancy, vault: opened.vault, clock });
    await within((tx) => changePolicy.run(tx, bank, { changes: { consentRequired: true } }));
    await expect(add()).rejects.toMatchObject({ code: 'CONSENT_MISSING' });
    await expectNothingKept();
    await expect(add({ consentId: await consented() })).resolves.toBeDefined();
    await within((tx) => changePolicy.run(tx, bank, { changes: { consentRequired: false } }));
    await expect(add()).resolves.toBeDefined();
  });

  it('is refused before its bytes are asked for, and no key is made, whatever is wrong with the consent', async () => {
    const other = await consented((await admit(`cust-${count}-other`)).id);
    const withdrawn = await consented();
    await room.withdrawConsent.run(bank, { subjectId, consentId: withdrawn, withdrawnAt: clock.now() });
    const keys = await opened.vault.keysOf(bank.tenantId, subjectId);
    const asked = jest.fn();
    for (const consentId of [newId<'consent'>(clock.now()), other, withdrawn]) {
      await expect(add({ consentId }, asked)).rejects.toThrow();
    }
    expect(asked).not.toHaveBeenCalled();
    expect(await opened.vault.keysOf(bank.tenantId, subjectId)).toEqual(keys);
  });

  it('is refused before its bytes are asked for while its person is being erased', async () => {
    await within((tx) => markErasing(tx, subjectId, { by: newId(clock.now()), isWhole: true }));
    const asked = jest.fn();
    await expect(add({}, asked)).rejects.toMatchObject({ code: 'SUBJECT_BEING_ERASED' });
    expect(asked).not.toHaveBeenCalled();
  });

  it('is refused when it was collected before the consent was given', async () => {
    const consentId = await consented();
    const collectedAt = new Date(aNewConsent().givenAt.getTime() - 1);
    await expect(add({ consentId, collectedAt })).rejects.toMatchObject({ code: 'CONSENT_MISSING' });
    await expectNothingKept();
  });

  it("is refused under one that is unknown, or another person's", async () => {
    const other = await consented((await admit(`cust-${count}-other`)).id);
    for (const consentId of [newId<'consent'>(clock.now()), other]) {
      await expect(add({ consentId })).rejects.toMatchObject({ code: 'CONSENT_NOT_FOUND' });
    }
    await expectNothingKept();
  });

  it('is refused under one that is withdrawn, also while its bytes come', async () => {
    const consentId = await consented();
    const withdraw = () => room.withdrawConsent.run(bank, { subjectId, consentId, withdrawnAt: clock.now() });
    await expect(add({ consentId }, withdraw)).rejects.toMatchObject({ code: 'CONSENT_WITHDRAWN' });
    await expectNothingKept();
    await expect(add({ consentId })).rejects.toMatchObject({ code: 'CONSENT_WITHDRAWN' });
    await expectNothingKept();
  });

  it('R-60: is erased before it: the house visits consents last', async () => {
    await add({ consentId: await consented() });
    const stores = houseStores(objects).all();
    const left = () => within((tx) => Promise.all(stores.map((store) => store.remaining(tx, { subjectId }))));
    const counts = await left();
    const empty = stores.filter((_, at) => counts[at] === 0).map(({ name }) => name);
    expect(empty).toEqual(['packages']);
    const [first, ...rest] = stores.filter(({ name }) => name !== 'packages').reverse();
    expect(first?.name).toBe('postgres-consents');
    await expect(within((tx) => first!.erase(tx, { subjectId }))).rejects.toThrow();
    expect(rest).not.toHaveLength(0);
    await within(async (tx) => {
      for (const store of stores) await store.erase(tx, { subjectId });
      await removeSubject(tx, subjectId);
    });
    expect(await left()).toEqual(stores.map(() => 0));
  });
});
