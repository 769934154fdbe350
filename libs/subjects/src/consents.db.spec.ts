import { type Caller } from '@personr/audit';
import { type ConsentId, type DomainError, newId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenant, aTenantWithoutTerms } from '@personr/tenancy/testing';
import { anAgreement, termsOver } from '@personr/terms/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { type NewRecord, type NewSubject } from './subject.js';
import { aNewConsent, aNewRecord, aNewSubject, subjectsOver } from './testing.js';

const SECOND = 1000;
const DAY = 86_400_000;

describe('what is agreed, at intake and reading', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let room: ReturnType<typeof subjectsOver>;
  let terms: ReturnType<typeof termsOver>;
  let bank: Caller;
  let market: Caller;
  let externalId: string;
  let count = 0;
  const START = new Date('2026-11-24T18:00:00.000Z').getTime();
  const clock = new SettableClock(new Date(START));

  const open = async (tenantId: Caller['tenantId']): Promise<Caller> => {
    await opened.vault.openTenant(tenantId);
    return { tenantId, actor: { kind: 'API_CLIENT', id: newId(clock.now()) } };
  };
  const within = <T>(work: (tx: TenantTx) => Promise<T>, { tenantId }: Caller = bank): Promise<T> =>
    tenancy.forTenant(tenantId, work);
  const admit = (changes: Partial<NewSubject> = {}, caller = bank) =>
    room.admit.run(caller, aNewSubject(externalId, changes), null);
  const add = (subjectId: Awaited<ReturnType<typeof admit>>['id'], changes: Partial<NewRecord> = {}) =>
    room.add.run(bank, { subjectId, records: [aNewRecord(changes)] }, null);
  const require = () =>
    within((tx) => terms.changePolicy.run(tx, bank, { changes: { consentRequired: true } }));
  const agree = (changes = {}, caller = bank) =>
    within((tx) => terms.addAgreement.run(tx, caller, anAgreement(clock.now(), changes)), caller);
  const consentsOf = async (subjectId: Awaited<ReturnType<typeof admit>>['id']) =>
    room.consents.page(bank.tenantId, subjectId, { limit: 9, after: null });
  const rows = async (): Promise<number[]> => {
    const { rows: found } = await owner.query<{ n: number }>(
      `select count(*)::int as n from subject where tenant_id = $1 union all
       select count(*)::int from record where tenant_id = $1 union all
       select count(*)::int from consent where tenant_id = $1`,
      [bank.tenantId],
    );
    return found.map(({ n }) => n);
  };
  const entries = async (event: string): Promise<Record<string, unknown>[]> => {
    const { rows: found } = await owner.query<{ entry: Buffer }>(
      'select entry from audit_outbox where tenant_id = $1 order by created_at, id',
      [bank.tenantId],
    );
    return found
      .map(({ entry }) => JSON.parse(entry.toString()) as Record<string, unknown>)
      .filter((entry) => entry.event === event);
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    room = subjectsOver({ tenancy, vault: opened.vault, clock });
    terms = termsOver({ tenancy, vault: opened.vault, clock });
  });

  beforeEach(async () => {
    count += 1;
    clock.set(new Date(START + count * SECOND));
    externalId = `cust-${count}`;
    bank = await open(await aTenant(tenancy, clock.now()));
    market = await open(await aTenant(tenancy, clock.now()));
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await owner.end();
    await databases.drop();
  });

  describe('a consent', () => {
    it('comes in with a person, is one fact however often it comes, and stands under its values', async () => {
      const line = {
        consents: [aNewConsent({ ref: 'c1' })],
        records: [aNewRecord({ consentRef: 'c1' }), aNewRecord({ element: 'SELFIE' })],
      };
      const { id } = await admit(line);
      await admit(line);
      const consents = await consentsOf(id);
      expect(consents).toMatchObject([{ policy: 'PRIVACY_POLICY', version: '2026-01', withdrawnAt: null }]);
      const { rows: kept } = await owner.query<{ element: string; consent_id: string | null }>(
        `select element, consent_id from record where subject_id = $1 and element in ('FULL_NAME', 'SELFIE')`,
        [id],
      );
      expect(kept.map(({ element, consent_id: consent }) => [element, consent]).sort()).toEqual([
        ['FULL_NAME', consents[0]!.id],
        ['FULL_NAME', consents[0]!.id],
        ['SELFIE', null],
        ['SELFIE', null],
      ]);
      expect(await entries('consent.given')).toMatchObject([
        { detail: { consentId: consents[0]!.id, policy: 'PRIVACY_POLICY', version: '2026-01' } },
      ]);
    });

    it('of one person by many at once is one fact, and every value names it', async () => {
      const line = { consents: [aNewConsent({ ref: 'c1' })], records: [aNewRecord({ consentRef: 'c1' })] };
      const { id } = await admit({ records: [] });
      await Promise.all(Array.from({ length: 6 }, () => admit(line)));
      const [consent, ...others] = await consentsOf(id);
      expect(others).toEqual([]);
      const { rows: under } = await owner.query('select 1 from record where consent_id = $1', [consent!.id]);
      expect(under).toHaveLength(6);
      expect(await entries('consent.given')).toHaveLength(1);
    });

    it('R-12: withdrawn admits nothing more, also when it is sent once again', async () => {
      const { id } = await admit({ records: [] });
      const { consent } = await room.giveConsent.run(bank, { subjectId: id, consent: aNewConsent() }, null);
      await add(id, { consentId: consent.id });
      const withdrawal = { subjectId: id, consentId: consent.id, withdrawnAt: clock.now() };
      clock.advance(SECOND);
      await room.withdrawConsent.run(bank, withdrawal);
      const later = { ...withdrawal, withdrawnAt: clock.now() };
      expect(await room.withdrawConsent.run(bank, later)).toMatchObject({
        withdrawnAt: withdrawal.withdrawnAt,
      });
      const before = await rows();
      await expect(add(id, { consentId: consent.id })).rejects.toMatchObject({ code: 'CONSENT_WITHDRAWN' });
      const inline = { consents: [aNewConsent({ ref: 'c' })], records: [aNewRecord({ consentRef: 'c' })] };
      await expect(admit(inline)).rejects.toMatchObject({ code: 'CONSENT_WITHDRAWN' });
      expect(await rows()).toEqual(before);
      expect(await entries('consent.withdrawn')).toHaveLength(1);
    });

    it('R-12: is needed for every value where the policy says so, and not where it does not', async () => {
      const { id } = await admit({ records: [aNewRecord()] });
      await require();
      const before = await rows();
      for (const attempt of [add(id), admit({ records: [aNewRecord()] })]) {
        await expect(attempt).rejects.toMatchObject({ code: 'CONSENT_MISSING' });
      }
      expect(await rows()).toEqual(before);
      const covered = {
        consents: [aNewConsent({ ref: 'c' })],
        records: [aNewRecord({ consentRef: 'c' })],
      };
      await expect(admit(covered)).resolves.toMatchObject({ created: false });
      const [consent] = await consentsOf(id);
      await expect(add(id, { consentId: consent!.id })).resolves.toBeDefined();
    });

    it('R-12: comes before what is collected under it', async () => {
      const givenAt = new Date('2026-11-20T10:00:00.001Z');
      const late = {
        consents: [aNewConsent({ ref: 'c', givenAt })],
        records: [aNewRecord({ consentRef: 'c' })],
      };
      await expect(admit(late)).rejects.toMatchObject({ code: 'CONSENT_MISSING' });
      expect(await rows()).toEqual([0, 0, 0]);
    });

    it.each<[string, Partial<NewSubject>]>([
      ['CONSENT_IN_FUTURE', { consents: [aNewConsent({ givenAt: new Date('2027-01-01T00:00:00Z') })] }],
      [
        'VALIDATION_FAILED',
        { consents: [aNewConsent({ ref: 'c' }), aNewConsent({ ref: 'c', version: '2' })] },
      ],
      ['VALIDATION_FAILED', { records: [aNewRecord({ consentRef: 'nobody' })] }],
      ['CONSENT_NOT_FOUND', { records: [aNewRecord({ consentId: newId<'consent'>(new Date(START)) })] }],
    ])('that cannot be is refused with %s, and leaves nothing', async (code, changes) => {
      await expect(admit(changes)).rejects.toMatchObject({ code });
      expect(await rows()).toEqual([0, 0, 0]);
      expect(await entries('consent.given')).toEqual([]);
    });

    it('that is refused in one line of a batch spoils no other', async () => {
      const lines = ['a', 'b', 'c'].map((name) => ({
        subject: aNewSubject(`${externalId}-${name}`, {
          consents: [aNewConsent({ ref: 'c' })],
          records: [
            aNewRecord(name === 'b' ? { consentId: newId<'consent'>(clock.now()) } : { consentRef: 'c' }),
          ],
        }),
        identity: null,
      }));
      const outcomes = await room.admitAll.run(bank, lines);
      expect(outcomes.map((outcome) => (outcome.ok ? 'taken' : outcome.error.code))).toEqual([
        'taken',
        'CONSENT_NOT_FOUND',
        'taken',
      ]);
      expect(await rows()).toEqual([2, 6, 2]);
    });

    it('R-01: of another subject or tenant covers nothing, and is not found', async () => {
      const mine = await admit({ records: [] });
      const other = await room.admit.run(bank, aNewSubject(`${externalId}-other`, { records: [] }), null);
      const { consent } = await room.giveConsent.run(
        bank,
        { subjectId: other.id, consent: aNewConsent() },
        null,
      );
      const notFound = { code: 'CONSENT_NOT_FOUND' };
      await expect(add(mine.id, { consentId: consent.id })).rejects.toMatchObject(notFound);
      const withdrawnAt = clock.now();
      const from = (subjectId: typeof mine.id, consentId: ConsentId, caller = bank) =>
        room.withdrawConsent.run(caller, { subjectId, consentId, withdrawnAt });
      await expect(from(mine.id, consent.id)).rejects.toMatchObject(notFound);
      await expect(from(other.id, consent.id, market)).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
      const given = { subjectId: mine.id, consent: aNewConsent() };
      await expect(room.giveConsent.run(market, given, null)).rejects.toMatchObject({
        code: 'SUBJECT_NOT_FOUND',
      });
      await expect(
        owner.query('update record set consent_id = $1 where subject_id = $2', [consent.id, mine.id]),
      ).rejects.toThrow(/record_tenant_id_subject_id_consent_id_fkey/);
    });

    it('R-07: recorded under one key is recorded once', async () => {
      const { id } = await admit({ records: [] });
      const give = () =>
        room.giveConsent.run(
          bank,
          { subjectId: id, consent: aNewConsent() },
          { key: 'key-1', act: 'giveConsent', body: { id } },
        );
      const [first, again] = [await give(), await give()];
      expect([first.replayed, again.replayed]).toEqual([false, true]);
      expect(again.consent).toMatchObject({ id: first.consent.id });
    });

    it('cannot be withdrawn before it was given, nor in the future', async () => {
      const { id } = await admit({ records: [] });
      const { consent } = await room.giveConsent.run(bank, { subjectId: id, consent: aNewConsent() }, null);
      const at = (withdrawnAt: Date) =>
        room.withdrawConsent.run(bank, { subjectId: id, consentId: consent.id, withdrawnAt });
      await expect(at(new Date(consent.givenAt.getTime() - 1))).rejects.toMatchObject({
        code: 'VALIDATION_FAILED',
      });
      await expect(at(new Date(clock.now().getTime() + 1))).rejects.toMatchObject({
        code: 'CONSENT_IN_FUTURE',
      });
    });
  });

  describe('the agreement', () => {
    it('R-03: that has not begun, or has ended, lets nothing in and nothing be read', async () => {
      const { id } = await admit();
      clock.advance(SECOND);
      const { id: agreementId } = await agree();
      const effectiveTo = new Date(clock.now().getTime() + DAY);
      await terms.endAgreement.run(bank, { id: agreementId, effectiveTo, assertEdition: () => undefined });
      clock.set(new Date(effectiveTo.getTime() - 1));
      await expect(add(id)).resolves.toBeDefined();
      clock.set(effectiveTo);
      const before = await rows();
      const read = (purpose: string) => room.read.run(bank, { subjectId: id, purpose });
      const refused = { code: 'AGREEMENT_NOT_IN_FORCE' };
      const consent = aNewConsent();
      await expect(add(id)).rejects.toMatchObject(refused);
      await expect(admit()).rejects.toMatchObject(refused);
      await expect(room.giveConsent.run(bank, { subjectId: id, consent }, null)).rejects.toMatchObject(
        refused,
      );
      await expect(read('IDENTITY_VERIFICATION')).rejects.toMatchObject(refused);
      await expect(read('SECURITY_AND_FRAUD')).resolves.toHaveLength(5);
      expect(await rows()).toEqual(before);
      const nobody = await open(await aTenantWithoutTerms(tenancy, clock.now()));
      await expect(admit({}, nobody)).rejects.toMatchObject(refused);
    });

    it('R-08: lets in and be read what it names the purpose of, whichever of them a value came in for', async () => {
      clock.advance(SECOND);
      await agree({ purposes: ['IDENTITY_VERIFICATION', 'AML_CFT_COMPLIANCE'] });
      const { id } = await admit();
      const notPermitted = { code: 'PURPOSE_NOT_PERMITTED' };
      await expect(add(id, { purpose: 'CLIENT_DUE_DILIGENCE' })).rejects.toMatchObject(notPermitted);
      await expect(add(id, { purpose: 'WEBSITE_ADVERTISING' })).rejects.toMatchObject(notPermitted);
      await expect(add(id, { purpose: 'SECURITY_AND_FRAUD' })).rejects.toMatchObject({
        code: 'PURPOSE_NOT_IN_NOTICE',
      });
      const read = (purpose: string) => room.read.run(bank, { subjectId: id, purpose });
      await expect(read('AML_CFT_COMPLIANCE')).resolves.toHaveLength(4);
      await expect(read('CLIENT_DUE_DILIGENCE')).rejects.toMatchObject(notPermitted);
    });

    it('R-08: gives identities a purpose that it names', async () => {
      clock.advance(SECOND);
      await agree({ purposes: ['CLIENT_DUE_DILIGENCE'] });
      const { id } = await admit({ records: [] });
      const { elements } = await room.inventory.run(bank.tenantId, id);
      expect(new Set(elements.map(({ purpose }) => purpose))).toEqual(new Set(['CLIENT_DUE_DILIGENCE']));
    });

    it("R-14: is narrowed by the tenant's notice, for identities too", async () => {
      const notice = { version: '2026-11-23', categories: ['A'], purposes: ['IDENTITY_VERIFICATION'] };
      await within((tx) => terms.addNotice.run(tx, bank, notice));
      await expect(admit({ records: [] })).rejects.toMatchObject({ code: 'CATEGORY_NOT_IN_NOTICE' });
      const { id } = await admit({ identities: [], records: [aNewRecord({ element: 'IP_ADDRESS' })] });
      await expect(add(id)).rejects.toMatchObject({ code: 'CATEGORY_NOT_IN_NOTICE' });
      const purpose = 'AML_CFT_COMPLIANCE';
      await expect(add(id, { element: 'IP_ADDRESS', purpose })).rejects.toMatchObject({
        code: 'PURPOSE_NOT_IN_NOTICE',
      });
    });
  });

  describe('the role', () => {
    it("R-16: of the other kind is refused at a client's tenant, clearly", async () => {
      await expect(admit({ role: 'BUSINESS' })).rejects.toMatchObject({
        code: 'ROLE_NOT_OF_TENANT',
        message: expect.stringContaining('SERVICE_PROVIDER') as string,
      } satisfies Partial<DomainError>);
      await expect(admit({ role: 'SERVICE_PROVIDER' })).resolves.toMatchObject({ created: true });
    });

    it('R-16: of the built-in tenant is BUSINESS, for its own purposes alone, all the way down', async () => {
      const own = await open(await aTenantWithoutTerms(tenancy, clock.now(), 'HOUSE'));
      const records = [aNewRecord({ purpose: 'CANDIDATE_EVALUATION', consentRef: 'c' })];
      const candidate = { consents: [aNewConsent({ ref: 'c' })], records };
      const { id } = await admit(candidate, own);
      const { rows: roles } = await owner.query<{ role: string }>(
        `select role from subject where id = $1 union select role from record where subject_id = $1
         union select role from consent where subject_id = $1`,
        [id],
      );
      expect(roles).toEqual([{ role: 'BUSINESS' }]);
      await expect(admit({}, own)).rejects.toMatchObject({ code: 'PURPOSE_NOT_PERMITTED' });
      await expect(admit({ role: 'SERVICE_PROVIDER' }, own)).rejects.toMatchObject({
        code: 'ROLE_NOT_OF_TENANT',
      });
    });

    it('R-16: is held together by the database: no subject, value or consent of another role', async () => {
      const { id } = await admit();
      const { tenantId } = bank;
      const at = clock.now();
      const insert = {
        subject: within((tx) =>
          tx.subject.create({
            data: { tenantId, id: newId(at), subjectRef: 'f'.repeat(32), role: 'BUSINESS', createdAt: at },
          }),
        ),
        record: within((tx) =>
          tx.record.create({
            data: {
              tenantId,
              id: newId(at),
              subjectId: id,
              role: 'BUSINESS',
              element: 'FULL_NAME',
              source: 's',
              purpose: 'p',
              collectedAt: at,
              createdAt: at,
              keyId: newId(at),
              sealed: Uint8Array.of(1),
            },
          }),
        ),
        consent: within((tx) =>
          tx.consent.create({
            data: {
              tenantId,
              id: newId(at),
              subjectId: id,
              role: 'BUSINESS',
              policy: 'P',
              version: '1',
              givenAt: at,
              createdAt: at,
            },
          }),
        ),
      };
      for (const attempt of Object.values(insert))
        await expect(attempt).rejects.toMatchObject({ code: 'P2003' });
      await expect(within((tx) => tx.$executeRaw`update tenant set kind = 'HOUSE'`)).rejects.toThrow(
        /permission denied/,
      );
      await expect(owner.query(`update tenant set kind = 'HOUSE' where id = $1`, [tenantId])).rejects.toThrow(
        /subject_tenant_id_role_fkey/,
      );
    });
  });
});
