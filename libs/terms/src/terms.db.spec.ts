import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Caller } from '@personr/audit';
import { newId, type TenantId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { POLICY_DEFAULTS } from '@personr/law';
import { openTenancy, type Tenancy, type TenantTx } from '@personr/tenancy';
import { aTenantWithoutTerms } from '@personr/tenancy/testing';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import { openTestVault, type TestVault } from '@personr/vault/testing';
import pg from 'pg';
import { assertMayInstruct } from './may-instruct.js';
import { type NewInstructor } from './instructor.js';
import { ownBusinessTerms, STANDARD_AGREEMENT, standardTerms } from './standard-terms.js';
import { anAgreement, termsOver } from './testing.js';

const NAME = 'Ida Marker-51c2';
const DAY = 86_400_000;

describe('terms', () => {
  let databases: TestDatabases;
  let tenancy: Tenancy;
  let opened: TestVault;
  let owner: pg.Client;
  let room: ReturnType<typeof termsOver>;
  let bank: Caller;
  let market: Caller;
  const START = '2026-11-24T18:00:00.000Z';
  const clock = new SettableClock(START);
  let tests = 0;
  const clientId = newId<'api-client'>(clock.now());

  const aBusiness = async (kind: 'CLIENT' | 'HOUSE' = 'CLIENT'): Promise<Caller> => {
    const tenantId = await aTenantWithoutTerms(tenancy, clock.now(), kind);
    await opened.vault.openTenant(tenantId);
    return { tenantId, actor: { kind: 'API_CLIENT', id: clientId } };
  };
  const within = <T>(work: (tx: TenantTx) => Promise<T>, { tenantId }: Caller = bank): Promise<T> =>
    tenancy.forTenant(tenantId, work);
  const inForce = (caller = bank) => within((tx) => room.reader.inForce(tx), caller);
  const agree = (changes = {}, from = clock.now()) =>
    within((tx) => room.addAgreement.run(tx, bank, anAgreement(from, changes)));
  const anInstructor = (changes: Partial<NewInstructor> = {}): NewInstructor => ({
    who: { kind: 'PERSON', name: NAME },
    role: 'PRIVACY_OFFICER',
    authority: ['DELETE'],
    validFrom: clock.now(),
    validTo: null,
    ...changes,
  });
  const authorise = (changes: Partial<NewInstructor> = {}) =>
    within((tx) => room.addInstructor.run(tx, bank, anInstructor(changes)));
  const mayInstruct = (instructorId: string | null, client = clientId) =>
    within((tx) =>
      assertMayInstruct(tx, { clientId: client, instructorId, type: 'DELETE', at: clock.now() }),
    );
  const entries = async ({ tenantId }: Caller = bank): Promise<Record<string, unknown>[]> => {
    const { rows } = await owner.query<{ entry: Buffer }>(
      'select entry from audit_outbox where tenant_id = $1 order by created_at, id',
      [tenantId],
    );
    return rows.map(({ entry }) => JSON.parse(entry.toString()) as Record<string, unknown>);
  };

  beforeAll(async () => {
    databases = await createTestDatabases();
    tenancy = openTenancy(databases);
    opened = await openTestVault({ keystoreUrl: databases.keystoreUrl, clock });
    owner = new pg.Client({ connectionString: databases.ownerUrl });
    await owner.connect();
    room = termsOver({ tenancy, vault: opened.vault, clock });
  });

  beforeEach(async () => {
    tests += 1;
    clock.set(new Date(new Date(START).getTime() + tests * 1000));
    bank = await aBusiness();
    market = await aBusiness();
  });

  afterAll(async () => {
    await tenancy.close();
    await opened.close();
    await owner.end();
    await databases.drop();
  });

  describe('in force', () => {
    it('are the standard ones after onboarding: every purpose, the house notice, the house policy', async () => {
      await within((tx) => room.adopt.run(tx, bank, standardTerms(clock.now())));
      const { version, ...values } = POLICY_DEFAULTS;
      expect(await inForce()).toMatchObject({
        role: 'SERVICE_PROVIDER',
        standing: 'IN_FORCE',
        purposes: ['IDENTITY_VERIFICATION', 'AML_CFT_COMPLIANCE', 'CLIENT_DUE_DILIGENCE'],
        notice: { version: '2026-11-23', categories: ['A', 'B', 'C', 'D', 'E', 'F', 'H', 'I', 'L'] },
        policy: { ...values, version: `${version}.1` },
      });
      expect(await inForce(market)).toMatchObject({ standing: 'NONE', agreementId: null, purposes: [] });
    });

    it('rest on the standard agreement whose text is in this room', () => {
      const text = readFileSync(join(__dirname, '../STANDARD-AGREEMENT.md'));
      expect(createHash('sha256').update(text).digest('hex')).toBe(STANDARD_AGREEMENT.sha256);
    });

    it('R-16: of the built-in tenant have the role BUSINESS, its purposes, and no agreement', async () => {
      const own = await aBusiness('HOUSE');
      await within((tx) => room.adopt.run(tx, own, ownBusinessTerms(clock.now())), own);
      const terms = await inForce(own);
      expect(terms).toMatchObject({ role: 'BUSINESS', standing: 'OWN_BUSINESS', agreementId: null });
      expect(terms.purposes).toContain('CANDIDATE_EVALUATION');
      expect(terms.purposes).not.toContain('IDENTITY_VERIFICATION');
    });

    it('are read in one statement', async () => {
      let statements = 0;
      await within((tx) => {
        const counting = new Proxy(tx, {
          get: (target, name, receiver) => {
            if (name === '$queryRaw' || name === 'bulk') statements += 1;
            return Reflect.get(target, name, receiver) as unknown;
          },
        });
        return room.reader.inForce(counting);
      });
      expect(statements).toBe(1);
    });
  });

  describe('an agreement', () => {
    it.each([
      ['with a generic purpose', { purposes: ['as per contract'] }],
      ['without an item of the checklist', { checklist: [1, 2, 3, 4, 5, 6, 7, 8, 9] }],
    ])('R-03: %s is refused and leaves nothing', async (_, changes) => {
      await expect(agree(changes)).rejects.toMatchObject({ code: 'AGREEMENT_TERMS_INCOMPLETE' });
      expect(await within((tx) => tx.agreement.count())).toBe(0);
      expect(await entries()).toEqual([]);
    });

    it('R-03: the database refuses an incomplete one too', async () => {
      const row = within((tx) =>
        tx.agreement.create({
          data: {
            tenantId: bank.tenantId,
            id: newId(clock.now()),
            effectiveFrom: clock.now(),
            windDownDays: 0,
            purposes: ['IDENTITY_VERIFICATION'],
            checklist: [1, 2],
            annexes: [],
            createdAt: clock.now(),
          },
        }),
      );
      await expect(row).rejects.toThrow(/agreement_is_complete/);
    });

    it('R-03: governs from its beginning on, and the one that began last governs alone', async () => {
      const first = await agree();
      clock.advance(1000);
      const second = await agree(
        {
          purposes: ['IDENTITY_VERIFICATION'],
          effectiveTo: new Date(clock.now().getTime() + 2 * DAY),
          windDownDays: 1,
        },
        new Date(clock.now().getTime() + DAY),
      );
      expect(await inForce()).toMatchObject({ agreementId: first.id, standing: 'IN_FORCE' });
      clock.advance(DAY);
      expect(await inForce()).toMatchObject({
        agreementId: second.id,
        standing: 'IN_FORCE',
        purposes: ['IDENTITY_VERIFICATION'],
      });
      clock.advance(DAY);
      expect(await inForce()).toMatchObject({ agreementId: second.id, standing: 'WIND_DOWN' });
      clock.advance(3 * DAY);
      expect(await inForce()).toMatchObject({ agreementId: second.id, standing: 'ENDED' });
    });

    it('R-03: neither rewrites the past nor shares its beginning with another', async () => {
      const { effectiveFrom } = await agree();
      clock.advance(DAY);
      for (const from of [effectiveFrom, new Date(effectiveFrom.getTime() + 1), new Date(0)]) {
        await expect(agree({}, from)).rejects.toMatchObject({ code: 'AGREEMENT_NOT_LATER' });
      }
      await expect(agree()).resolves.toMatchObject({ edition: 1 });
    });

    it('R-06: that ends, or drops a purpose, says so in the log, and that is all', async () => {
      await agree();
      clock.advance(1000);
      const { id } = await agree({ purposes: ['IDENTITY_VERIFICATION', 'AML_CFT_COMPLIANCE'] });
      const droppedAt = clock.now().toISOString();
      clock.advance(1000);
      const effectiveTo = new Date(clock.now().getTime() + DAY);
      await room.endAgreement.run(bank, { id, effectiveTo, assertEdition: () => undefined });
      const ended = (await entries()).filter(({ event }) => event === 'purpose.ended');
      expect(ended.map(({ reasonCode, detail }) => [reasonCode, detail])).toEqual([
        ['PURPOSE_ENDED', { purposes: ['CLIENT_DUE_DILIGENCE'], from: droppedAt }],
        [
          'PURPOSE_ENDED',
          { purposes: ['IDENTITY_VERIFICATION', 'AML_CFT_COMPLIANCE'], from: effectiveTo.toISOString() },
        ],
      ]);
      expect(await within((tx) => tx.work.count())).toBe(0);
    });

    it('R-03: ends sooner, never later, not in the past, and not twice', async () => {
      const { id } = await agree();
      const end = (inDays: number, edition?: number) =>
        room.endAgreement.run(bank, {
          id,
          effectiveTo: new Date(clock.now().getTime() + inDays * DAY),
          assertEdition: (current) => {
            if (edition !== undefined && current !== edition) throw new Error('another edition');
          },
        });
      await expect(end(-1)).rejects.toMatchObject({ code: 'AGREEMENT_END_INVALID' });
      expect(await end(10, 1)).toMatchObject({ edition: 2 });
      await expect(end(5, 1)).rejects.toThrow('another edition');
      await expect(end(11)).rejects.toMatchObject({ code: 'AGREEMENT_END_INVALID' });
      expect(await end(5, 2)).toMatchObject({ edition: 3 });
      clock.advance(5 * DAY);
      await expect(end(0)).rejects.toMatchObject({ code: 'AGREEMENT_ENDED' });
    });

    it('R-01: of another tenant is not found, whatever one wants with it', async () => {
      const { id } = await agree();
      const end = { id, effectiveTo: clock.now(), assertEdition: () => undefined };
      for (const attempt of [room.find.agreement(market.tenantId, id), room.endAgreement.run(market, end)]) {
        await expect(attempt).rejects.toMatchObject({ code: 'AGREEMENT_NOT_FOUND' });
      }
      expect(await room.find.agreements(market.tenantId, { limit: 9, after: null })).toEqual([]);
      expect(await room.find.agreement(bank.tenantId, id)).toMatchObject({ effectiveTo: null });
    });
  });

  describe('a notice', () => {
    const announce = (version: string, changes = {}) =>
      within((tx) =>
        room.addNotice.run(tx, bank, {
          version,
          categories: ['A', 'B'],
          purposes: ['IDENTITY_VERIFICATION'],
          ...changes,
        }),
      );

    it('R-14: is in force from the beginning of its day in California, and stays on file when it is not any more', async () => {
      await announce('2026-11-24', { categories: ['A', 'B', 'E'] });
      await announce('2026-12-24');
      expect((await inForce()).notice).toMatchObject({ version: '2026-11-24', categories: ['A', 'B', 'E'] });
      const before = clock.now();
      clock.set('2026-12-24T07:59:59.999Z');
      expect((await inForce()).notice.version).toBe('2026-11-24');
      clock.set('2026-12-24T08:00:00.000Z');
      expect((await inForce()).notice).toMatchObject({ version: '2026-12-24', categories: ['A', 'B'] });
      clock.set(before);
      expect(await room.find.notices(bank.tenantId, { limit: 9, after: null })).toHaveLength(2);
    });

    it('R-14: of today begins now, so that what was written today keeps its notice', async () => {
      await announce('2026-11-23');
      const today = clock.now().toISOString().slice(0, 10);
      expect((await announce(today)).inForceFrom).toEqual(clock.now());
    });

    it.each(['2026-11-23', '2026-11-22'])(
      'R-17: is never edited and never dated back: %s',
      async (version) => {
        await announce('2026-11-23');
        await expect(announce(version)).rejects.toMatchObject({ code: 'NOTICE_NOT_LATER' });
      },
    );

    it.each([
      ['CATEGORY_NOT_IN_NOTICE', { categories: ['A', 'G'] }],
      ['CATEGORY_NOT_IN_NOTICE', { categories: ['Z'] }],
      ['PURPOSE_NOT_IN_NOTICE', { purposes: ['LEGAL_OBLIGATION'] }],
      ['PURPOSE_NOT_IN_NOTICE', { purposes: ['SALE'] }],
    ])("R-14: wider than the house's is refused: %s", async (code, changes) => {
      await expect(announce('2026-12-24', changes)).rejects.toMatchObject({ code });
      expect(await within((tx) => tx.noticeVersion.count())).toBe(0);
    });
  });

  describe('a policy', () => {
    const change = (changes: object, assertEdition = (): void => undefined, caller = bank) =>
      within((tx) => room.changePolicy.run(tx, caller, { changes: { ...changes }, assertEdition }), caller);

    it('changes by whole editions, which stay, and holds from its commit on', async () => {
      await change({ consentRequired: true });
      clock.advance(1000);
      await change({ contractExecutionDays: 14 });
      expect((await inForce()).policy).toMatchObject({
        version: '2026-11-23.2',
        consentRequired: true,
        contractExecutionDays: 14,
      });
      const editions = await room.find.policies(bank.tenantId, { limit: 9, after: null });
      expect(editions.map(({ edition, values }) => [edition, values.contractExecutionDays])).toEqual([
        [2, 14],
        [1, 30],
      ]);
      expect((await inForce(market)).policy).toEqual(POLICY_DEFAULTS);
      expect((await entries()).map(({ policyVersion, detail }) => [policyVersion, detail])).toEqual([
        ['2026-11-23.1', { edition: 1, changed: ['consentRequired'] }],
        ['2026-11-23.2', { edition: 2, changed: ['contractExecutionDays'] }],
      ]);
    });

    it('looser than the law is refused and leaves nothing', async () => {
      await expect(change({ responseDays: 46 })).rejects.toMatchObject({ code: 'POLICY_BELOW_LAW' });
      expect(await within((tx) => tx.policyVersion.count())).toBe(0);
    });

    it('of one edition changes once, however many try at the same time', async () => {
      const attempts = await Promise.allSettled(
        Array.from({ length: 5 }, (_, at) => change({ packageExpiryDays: at + 1 })),
      );
      const done = attempts.filter(({ status }) => status === 'fulfilled');
      expect(done.length).toBeGreaterThan(0);
      for (const attempt of attempts) {
        if (attempt.status === 'rejected')
          expect(attempt.reason).toMatchObject({ code: 'PRECONDITION_FAILED' });
      }
      expect(await within((tx) => tx.policyVersion.count())).toBe(done.length);
    });
  });

  describe('an instructor', () => {
    const aClient = async ({ tenantId }: Caller) => {
      const id = newId<'api-client'>(clock.now());
      await tenancy.forTenant(tenantId, (tx) =>
        tx.apiClient.create({
          data: {
            tenantId,
            id,
            name: 'c',
            authMethod: 'client_secret_basic',
            scopes: [],
            createdAt: clock.now(),
          },
        }),
      );
      return id;
    };

    it('R-05: may instruct within validity and authority, and not a second outside', async () => {
      const { id } = await authorise({ validTo: new Date(clock.now().getTime() + 60_000) });
      expect(await mayInstruct(id)).toBe(id);
      clock.advance(59_000);
      expect(await mayInstruct(id)).toBe(id);
      clock.advance(1000);
      await expect(mayInstruct(id)).rejects.toMatchObject({ code: 'INSTRUCTOR_NOT_AUTHORISED' });
      const later = await authorise({ validFrom: new Date(clock.now().getTime() + 1000) });
      await expect(mayInstruct(later.id)).rejects.toMatchObject({ code: 'INSTRUCTOR_NOT_AUTHORISED' });
      const other = await authorise({ authority: ['EXPORT'] });
      await expect(mayInstruct(other.id)).rejects.toMatchObject({ code: 'INSTRUCTOR_NOT_AUTHORISED' });
    });

    it('R-05: revoked a second earlier is refused, and again revoked is revoked once', async () => {
      const { id } = await authorise();
      clock.advance(1000);
      await room.revokeInstructor.run(bank, id);
      clock.advance(1000);
      await expect(mayInstruct(id)).rejects.toMatchObject({ code: 'INSTRUCTOR_NOT_AUTHORISED' });
      await room.revokeInstructor.run(bank, id);
      const revoked = (await entries()).filter(({ event }) => event === 'instructor.revoked');
      expect(revoked).toHaveLength(1);
    });

    it("R-05: is the tenant's own: unknown and foreign ones are answered alike", async () => {
      const { id } = await authorise();
      const foreign = within(
        (tx) => assertMayInstruct(tx, { clientId, instructorId: id, type: 'DELETE', at: clock.now() }),
        market,
      );
      for (const attempt of [foreign, mayInstruct(newId(clock.now())), mayInstruct('somebody')]) {
        await expect(attempt).rejects.toMatchObject({
          code: 'INSTRUCTOR_NOT_AUTHORISED',
          message: 'This instructor is not authorised by the tenant.',
        });
      }
      await expect(room.revokeInstructor.run(market, id)).rejects.toMatchObject({
        code: 'INSTRUCTOR_NOT_FOUND',
      });
      await expect(room.find.instructor(market.tenantId, id)).rejects.toMatchObject({
        code: 'INSTRUCTOR_NOT_FOUND',
      });
    });

    it('R-05: by default is the credential itself, and one that was registered speaks only while that holds', async () => {
      const client = await aClient(bank);
      expect(await mayInstruct(null, client)).toBeNull();
      expect(await mayInstruct(client, client)).toBeNull();
      const { id } = await authorise({ who: { kind: 'CREDENTIAL', apiClientId: client } });
      expect(await mayInstruct(null, client)).toBe(id);
      await expect(mayInstruct(id, clientId)).rejects.toMatchObject({ code: 'INSTRUCTOR_NOT_AUTHORISED' });
      await room.revokeInstructor.run(bank, id);
      for (const named of [null, client, id]) {
        await expect(mayInstruct(named, client)).rejects.toMatchObject({ code: 'INSTRUCTOR_NOT_AUTHORISED' });
      }
    });

    it('R-05: that is a credential of nobody, or of another tenant, cannot be registered', async () => {
      for (const apiClientId of [newId<'api-client'>(clock.now()), await aClient(market)]) {
        await expect(authorise({ who: { kind: 'CREDENTIAL', apiClientId } })).rejects.toMatchObject({
          code: 'API_CLIENT_NOT_FOUND',
        });
      }
    });

    it('has a name that is opened for who may see it, and rests sealed: in no row and no entry', async () => {
      const { id } = await authorise();
      expect(await room.find.instructor(bank.tenantId, id)).toMatchObject({
        who: { kind: 'PERSON', name: NAME },
      });
      const { rows } = await owner.query<{ row: string }>(
        `select encode(i::text::bytea, 'escape') || encode(coalesce(i.sealed_name, ''), 'escape') as row from instructor i`,
      );
      const logged = JSON.stringify(await entries());
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.map(({ row }) => row).join() + logged).not.toContain('Marker-51c2');
      expect(logged).toContain(id);
    });

    it('has a name that opens no more once its own key is destroyed', async () => {
      const { id } = await authorise();
      const kept = await authorise();
      const keys = await opened.vault.keysOf(bank.tenantId, id);
      await opened.vault.shred(bank.tenantId, keys, { instructionId: newId(clock.now()) });
      await expect(room.find.instructor(bank.tenantId, id)).rejects.toMatchObject({ code: 'KEY_SHREDDED' });
      expect(await room.find.instructor(bank.tenantId, kept.id)).toMatchObject({ who: { name: NAME } });
    });
  });

  it('R-01: the database holds each table to its tenant', async () => {
    const foreign: TenantId = market.tenantId;
    await within((tx) => room.adopt.run(tx, market, standardTerms(clock.now())), market);
    const seen = await within(async (tx) => [
      await tx.agreement.count({ where: { tenantId: foreign } }),
      await tx.noticeVersion.count({ where: { tenantId: foreign } }),
      await tx.policyVersion.count({ where: { tenantId: foreign } }),
    ]);
    expect(seen).toEqual([0, 0, 0]);
  });
});
