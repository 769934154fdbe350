import { randomUUID } from 'node:crypto';
import { aDelete, anAdmission, COLLECTED, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';

type Answer = { readonly headers: Record<string, string>; readonly body: unknown };
type Listed = { readonly items: readonly Record<string, unknown>[]; readonly nextCursor: string | null };

const SECOND = 1000;
const DAY = 86_400_000;
const CHECKLIST = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const PURPOSES = ['IDENTITY_VERIFICATION', 'AML_CFT_COMPLIANCE'];
const AGREEMENT = { windDownDays: 10, purposes: PURPOSES, checklist: CHECKLIST };
const PERSON = { kind: 'PERSON', name: 'Ida Marker-9e1b', role: 'PRIVACY_OFFICER', authority: ['DELETE'] };
const CONSENT = { policy: 'PRIVACY_POLICY', version: '2026-01', givenAt: '2026-11-20T09:00:00Z' };
const NOTICE = { version: '2026-12-24', categories: ['A', 'B'], purposes: ['IDENTITY_VERIFICATION'] };
const READ = { purpose: 'IDENTITY_VERIFICATION' };
const ID = expect.any(String) as string;

describe('what is agreed, over HTTP', () => {
  let house: House;
  let bank: TestTenant;
  let market: TestTenant;
  let count = 0;

  beforeAll(async () => {
    house = await startHouse();
  });

  beforeEach(async () => {
    count += 1;
    house.clock.set(new Date(new Date('2026-11-24T18:00:00.000Z').getTime() + count * SECOND));
    bank = await house.onboard('Bank');
    market = await house.onboard('Market');
    house.clock.advance(SECOND);
  });

  afterAll(() => house.stop());

  /** Tokens last ten minutes; days pass here. */
  const signInAgain = async (): Promise<void> => {
    const issued = await house.http
      .post('/oauth/token')
      .auth(bank.clientId, bank.clientSecret)
      .type('form')
      .send({ grant_type: 'client_credentials' })
      .expect(200);
    const { access_token: token } = issued.body as { access_token: string };
    bank = {
      ...bank,
      token,
      get: (path) => house.http.get(path).auth(token, { type: 'bearer' }),
      post: (path, json, headers = {}) =>
        house.http.post(path).auth(token, { type: 'bearer' }).set(headers).send(json),
    };
  };
  const withKey = () => ({ 'Idempotency-Key': `key-${randomUUID()}` });
  const etagOf = ({ headers }: Answer): string => headers.etag ?? 'none';
  const patch = (path: string, body: object, ifMatch?: string, tenant = bank) => {
    const request = house.http.patch(path).auth(tenant.token, { type: 'bearer' });
    return (ifMatch === undefined ? request : request.set('If-Match', ifMatch)).send(body);
  };
  const listed = async (path: string, tenant = bank): Promise<Listed> =>
    (await tenant.get(path).expect(200)).body as Listed;
  const admit = async (changes: object = {}): Promise<string> =>
    idOf(await bank.post('/v1/subjects', { ...anAdmission(`cust-${count}`), ...changes }).expect(201));
  const agreementOf = async (tenant = bank) => {
    const { items } = await listed('/v1/agreements', tenant);
    return items[0] as { id: string };
  };
  const end = async (effectiveTo: Date) => {
    const { id } = await agreementOf();
    const shown = await bank.get(`/v1/agreements/${id}`).expect(200);
    return patch(`/v1/agreements/${id}`, { effectiveTo: effectiveTo.toISOString() }, etagOf(shown)).expect(
      200,
    );
  };
  const order = (subject: object, changes: object = {}) => aDelete(subject, changes);

  describe('agreements', () => {
    it('R-03: a tenant comes in under the standard one, and supersedes it by its own', async () => {
      const standard = await agreementOf();
      expect(standard).toMatchObject({ windDownDays: 30, checklist: CHECKLIST, effectiveTo: null });
      const annexes = [{ title: 'Annex 1', kind: 'ANNEX', sha256: 'a'.repeat(64) }];
      const key = withKey();
      const added = await bank.post('/v1/agreements', { ...AGREEMENT, annexes }, key).expect(201);
      expect(added.body).toMatchObject({
        purposes: PURPOSES,
        annexes,
        effectiveFrom: house.clock.now().toISOString(),
      });
      expect(etagOf(added)).toBe('"1"');
      const again = await bank.post('/v1/agreements', { ...AGREEMENT, annexes }, key).expect(201);
      expect([again.body, again.headers['idempotency-replayed']]).toEqual([added.body, 'true']);
      await bank.post('/v1/agreements', AGREEMENT, key).expect(409);
      expect(await listed('/v1/agreements?limit=1')).toMatchObject({
        items: [{ id: idOf(added) }],
        nextCursor: ID,
      });
    });

    it.each([
      ['AGREEMENT_TERMS_INCOMPLETE', { purposes: ['as per contract'] }],
      ['AGREEMENT_TERMS_INCOMPLETE', { purposes: [] }],
      ['AGREEMENT_TERMS_INCOMPLETE', { checklist: [1, 2, 4, 5, 6, 8, 9, 10] }],
      ['AGREEMENT_NOT_LATER', { effectiveFrom: '2026-01-01T00:00:00Z' }],
    ])('R-03: refuses with %s: %j', async (code, changes) => {
      const refused = await bank.post('/v1/agreements', { ...AGREEMENT, ...changes }).expect(422);
      expect(refused.body).toMatchObject({ code });
      expect(JSON.stringify(refused.body)).not.toContain('as per contract');
      if ('checklist' in changes) expect(JSON.stringify(refused.body)).toContain('item 3, 7.');
    });

    it('ends one only against its edition', async () => {
      const { id } = await agreementOf();
      const body = { effectiveTo: new Date(house.clock.now().getTime() + DAY).toISOString() };
      const path = `/v1/agreements/${id}`;
      expect((await patch(path, body).expect(428)).body).toMatchObject({ code: 'PRECONDITION_REQUIRED' });
      expect((await patch(path, body, '"7"').expect(412)).body).toMatchObject({
        code: 'PRECONDITION_FAILED',
      });
      const ended = await patch(path, body, '"1"').expect(200);
      expect([ended.body, etagOf(ended)]).toMatchObject([body, '"2"']);
      const past = { effectiveTo: '2026-01-01T00:00:00Z' };
      expect((await patch(path, past, '"2"').expect(422)).body).toMatchObject({
        code: 'AGREEMENT_END_INVALID',
      });
      house.clock.advance(DAY);
      await signInAgain();
      expect((await patch(path, past, '"2"').expect(409)).body).toMatchObject({ code: 'AGREEMENT_ENDED' });
    });

    it('R-03, R-06: after the end DELETE goes on while it winds down, nothing else does, and nothing is erased by itself', async () => {
      const id = await admit();
      await end(new Date(house.clock.now().getTime() + DAY));
      house.clock.advance(DAY);
      await signInAgain();
      const refused = { code: 'AGREEMENT_NOT_IN_FORCE' };
      const addition = { records: [{ element: 'OCCUPATION', value: 'x', ...COLLECTED }] };
      expect((await bank.post('/v1/subjects', anAdmission('cust-new')).expect(422)).body).toMatchObject(
        refused,
      );
      expect((await bank.post(`/v1/subjects/${id}/records`, addition).expect(422)).body).toMatchObject(
        refused,
      );
      expect((await bank.post(`/v1/subjects/${id}/records/read`, READ).expect(422)).body).toMatchObject(
        refused,
      );
      expect((await bank.get(`/v1/subjects/${id}`).expect(200)).body).toMatchObject({ beingErased: false });
      const accepted = await bank.post('/v1/instructions', order({ id })).expect(202);
      house.clock.advance(40 * DAY);
      await signInAgain();
      // Accepted while it wound down, it is carried out to its end, whatever has ended since.
      expect(await house.ended(bank, idOf(accepted))).toMatchObject({ state: 'COMPLETED' });
      const late = await bank.post('/v1/instructions', order({ externalId: 'cust-late' })).expect(422);
      expect(late.body).toMatchObject(refused);
    });
  });

  describe('instructions', () => {
    const send = (changes: object) => bank.post('/v1/instructions', order({ externalId: 'cust-x' }, changes));
    const by = (instructorId: string) => ({
      writing: { instructorId, text: 'Erase it.', documentSha256: null },
    });

    it('R-04: keep the agreement, the instructor and the policy they rest on', async () => {
      const instructor = idOf(await bank.post('/v1/instructors', PERSON).expect(201));
      const { id: agreementId } = await agreementOf();
      const accepted = await send(by(instructor)).expect(202);
      const kept = { agreementId, instructorId: instructor, policyVersion: '2026-11-23.1' };
      expect(accepted.body).toMatchObject(kept);
      const shown = await bank.get(`/v1/instructions/${idOf(accepted)}`).expect(200);
      expect(shown.body).toMatchObject(kept);
      expect((await send({}).expect(202)).body).toMatchObject({ instructorId: null });
    });

    it('R-05: of an instructor revoked a second earlier are refused', async () => {
      const id = idOf(await bank.post('/v1/instructors', PERSON).expect(201));
      await send(by(id)).expect(202);
      house.clock.advance(SECOND);
      const revoked = await bank.post(`/v1/instructors/${id}/revoke`, {}).expect(200);
      expect(revoked.body).toMatchObject({ revokedAt: house.clock.now().toISOString() });
      house.clock.advance(SECOND);
      const refused = await send(by(id)).expect(403);
      expect(refused.body).toMatchObject({ code: 'INSTRUCTOR_NOT_AUTHORISED' });
      await send({}).expect(202);
    });

    it('R-25: that rest on the Agreement have the clock that the policy says', async () => {
      const policy = await bank.get('/v1/policy').expect(200);
      await patch('/v1/policy', { values: { contractExecutionDays: 14 } }, etagOf(policy)).expect(200);
      const accepted = await send({ basis: 'END_OF_PURPOSE', consumerRequest: undefined }).expect(202);
      expect((accepted.body as { deadlines: { code: string; lateFrom: string }[] }).deadlines).toEqual([
        {
          code: 'CONTRACT_EXECUTION',
          dueAt: '2026-12-09T07:59:59.999Z',
          lateFrom: '2026-12-09T08:00:00.000Z',
          metAt: null,
        },
      ]);
      expect(accepted.body).toMatchObject({ policyVersion: '2026-11-23.2' });
    });

    it('R-30: need the verification that the policy wants, where that is more than the law does', async () => {
      const verification = {
        level: 'REASONABLE',
        method: 'ACCOUNT_REAUTH',
        points: ['EMAIL'],
        declaration: false,
        verifiedAt: '2026-11-23T18:20:00Z',
      };
      await send({ verification }).expect(202);
      const policy = await bank.get('/v1/policy').expect(200);
      const values = { deleteVerification: 'REASONABLY_HIGH' };
      await patch('/v1/policy', { values }, etagOf(policy)).expect(200);
      expect((await send({ verification }).expect(409)).body).toMatchObject({
        code: 'VERIFICATION_LEVEL_TOO_LOW',
      });
    });

    it('of a type that the product cannot carry out are refused, whatever the policy enables', async () => {
      const policy = await bank.get('/v1/policy').expect(200);
      const values = { enabledTypes: ['DELETE', 'EXPORT', 'RETURN', 'CORRECT', 'LIMIT', 'OPT_OUT'] };
      await patch('/v1/policy', { values }, etagOf(policy)).expect(200);
      expect((await send({ type: 'CORRECT' }).expect(422)).body).toMatchObject({ code: 'TYPE_NOT_ENABLED' });
    });
  });

  describe('notices', () => {
    it('R-17: show when they are to be reviewed, a reminder, and that the review is overdue', async () => {
      const flagsAt = async (instant: string) => {
        house.clock.set(instant);
        await signInAgain();
        const { items } = await listed('/v1/notices');
        return items.map(({ version, reviewDueOn, flags }) => [version, reviewDueOn, flags]);
      };
      const due = '2027-11-23';
      expect(await flagsAt('2027-10-24T06:59:59.999Z')).toEqual([['2026-11-23', due, []]]);
      expect(await flagsAt('2027-11-24T07:59:59.999Z')).toEqual([['2026-11-23', due, ['NOTICE_REVIEW_DUE']]]);
      expect(await flagsAt('2027-11-24T08:00:00.000Z')).toEqual([
        ['2026-11-23', due, ['NOTICE_REVIEW_OVERDUE']],
      ]);
    });

    it('R-14: narrow what may come in, from their day on', async () => {
      const added = await bank.post('/v1/notices', NOTICE, withKey()).expect(201);
      expect(added.body).toMatchObject({
        inForce: false,
        inForceFrom: '2026-12-24T08:00:00.000Z',
        flags: [],
      });
      expect((await bank.get(`/v1/notices/${idOf(added)}`).expect(200)).body).toEqual(added.body);
      const today = { ...NOTICE, version: '2026-12-24' };
      expect((await bank.post('/v1/notices', today).expect(422)).body).toMatchObject({
        code: 'NOTICE_NOT_LATER',
      });
    });

    it.each([
      ['CATEGORY_NOT_IN_NOTICE', 422, { categories: ['A', 'G'] }],
      ['PURPOSE_NOT_IN_NOTICE', 422, { purposes: ['LEGAL_OBLIGATION'] }],
      ['NOTICE_NOT_LATER', 422, { version: '2026-11-23' }],
      ['VALIDATION_FAILED', 400, { version: '2026-02-30' }],
    ])('R-14: refuse with %s', async (code, status, changes) => {
      const refused = await bank.post('/v1/notices', { ...NOTICE, ...changes }).expect(status);
      expect(refused.body).toMatchObject({ code });
    });
  });

  describe('the policy', () => {
    it('changes by editions, each against the one before, and keeps them all', async () => {
      const first = await bank.get('/v1/policy').expect(200);
      expect(first.body).toMatchObject({ edition: 1, version: '2026-11-23.1', values: { responseDays: 45 } });
      const values = { responseDays: 30 };
      await patch('/v1/policy', { values }).expect(428);
      const second = await patch('/v1/policy', { values }, etagOf(first)).expect(200);
      expect(second.body).toMatchObject({ edition: 2, values: { responseDays: 30, maxDays: 90 } });
      expect((await patch('/v1/policy', { values }, etagOf(first)).expect(412)).body).toMatchObject({
        code: 'PRECONDITION_FAILED',
      });
      const { items } = await listed('/v1/policy/versions');
      expect(items.map(({ edition }) => edition)).toEqual([2, 1]);
    });

    it('looser than the law is refused by the name of the value', async () => {
      const policy = await bank.get('/v1/policy').expect(200);
      const refused = await patch('/v1/policy', { values: { recordMonths: 12 } }, etagOf(policy)).expect(422);
      expect(refused.body).toMatchObject({ code: 'POLICY_BELOW_LAW' });
      expect((refused.body as { detail: string }).detail).toMatch(/^recordMonths .*24/);
      const unknown = await patch('/v1/policy', { values: { 'Marker-1': 1 } }, etagOf(policy)).expect(400);
      expect(JSON.stringify(unknown.body)).not.toContain('Marker-1');
    });
  });

  describe('instructors', () => {
    it('are shown with their names to who may administer, and named in no entry and no line that is logged', async () => {
      const key = withKey();
      const added = await bank.post('/v1/instructors', PERSON, key).expect(201);
      const again = await bank.post('/v1/instructors', PERSON, key).expect(201);
      expect([again.body, again.headers['idempotency-replayed']]).toEqual([added.body, 'true']);
      expect((await listed('/v1/instructors')).items).toEqual([added.body]);
      const { rows } = await house.owner.query<{ entry: Buffer }>(
        'select entry from audit_outbox union all select entry from log_entry',
      );
      const logged = rows.map(({ entry }) => entry.toString()).join() + house.logLines.join();
      expect(logged).toContain('instructor.added');
      expect(logged).not.toContain('Marker-9e1b');
    });

    it.each([
      [400, 'VALIDATION_FAILED', { name: undefined }],
      [400, 'VALIDATION_FAILED', { kind: 'CREDENTIAL' }],
      [400, 'VALIDATION_FAILED', { role: 'Ida Invented' }],
      [400, 'VALIDATION_FAILED', { validTo: '2020-01-01T00:00:00Z' }],
      [
        404,
        'API_CLIENT_NOT_FOUND',
        { kind: 'CREDENTIAL', name: undefined, apiClientId: '019ab0c4-5a00-7000-8000-000000000001' },
      ],
    ])('refuse with %i %s: %j', async (status, code, changes) => {
      const refused = await bank.post('/v1/instructors', { ...PERSON, ...changes }).expect(status);
      expect(refused.body).toMatchObject({ code });
    });
  });

  describe('consents', () => {
    it('R-12: come in with a person or after, cover values, and admit none once withdrawn', async () => {
      const record = { element: 'OCCUPATION', value: 'inventor', ...COLLECTED };
      const id = await admit({
        consents: [{ ...CONSENT, ref: 'c1' }],
        records: [{ ...record, consentRef: 'c1' }],
      });
      const path = `/v1/subjects/${id}/consents`;
      const { items } = await listed(path);
      expect(items).toEqual([
        {
          id: ID,
          policy: 'PRIVACY_POLICY',
          version: '2026-01',
          givenAt: '2026-11-20T09:00:00.000Z',
          withdrawnAt: null,
          createdAt: ID,
        },
      ]);
      const given = await bank.post(path, { ...CONSENT, version: '2026-02' }, withKey()).expect(201);
      const under = { records: [{ ...record, consentId: idOf(given) }] };
      await bank.post(`/v1/subjects/${id}/records`, under).expect(201);
      const withdrawnAt = house.clock.now().toISOString();
      const withdrawn = await bank.post(`${path}/${idOf(given)}/withdrawal`, { withdrawnAt }).expect(200);
      expect(withdrawn.body).toMatchObject({ withdrawnAt });
      const refused = await bank.post(`/v1/subjects/${id}/records`, under).expect(422);
      expect(refused.body).toMatchObject({ code: 'CONSENT_WITHDRAWN' });
    });

    it('R-12: are missed where the policy requires them', async () => {
      const policy = await bank.get('/v1/policy').expect(200);
      await patch('/v1/policy', { values: { consentRequired: true } }, etagOf(policy)).expect(200);
      const refused = await bank.post('/v1/subjects', anAdmission('cust-without')).expect(422);
      expect(refused.body).toMatchObject({ code: 'CONSENT_MISSING' });
      await bank.post('/v1/subjects/lookup', { externalId: 'cust-without' }).expect(404);
    });

    it.each([
      [422, 'CONSENT_IN_FUTURE', { givenAt: '2030-01-01T00:00:00Z' }],
      [400, 'VALIDATION_FAILED', { policy: 'ada@invented.example' }],
      [400, 'VALIDATION_FAILED', { version: 'Ada Invented' }],
      [400, 'UNKNOWN_MEMBER', { ref: 'c1' }],
    ])('are refused with %i %s: %j', async (status, code, changes) => {
      const id = await admit();
      const refused = await bank
        .post(`/v1/subjects/${id}/consents`, { ...CONSENT, ...changes })
        .expect(status);
      expect(refused.body).toMatchObject({ code });
    });

    it('R-60: go with an erasure of the whole, and stay with one of a part', async () => {
      const id = await admit();
      await bank.post(`/v1/subjects/${id}/consents`, CONSENT).expect(201);
      const erase = async (changes: object) => {
        const accepted = await bank.post('/v1/instructions', order({ id }, changes)).expect(202);
        await house.ended(bank, idOf(accepted));
        const receipt = await bank.get(`/v1/instructions/${idOf(accepted)}/receipt`).expect(200);
        return (receipt.body as { body: { stores: { store: string; erased: number }[] } }).body.stores.find(
          ({ store }) => store === 'postgres-consents',
        );
      };
      expect(await erase({ scope: { elements: ['FULL_NAME'] } })).toMatchObject({ erased: 0 });
      expect((await listed(`/v1/subjects/${id}/consents`)).items).toHaveLength(1);
      expect(await erase({})).toMatchObject({ erased: 1, remaining: 0 });
      await bank.get(`/v1/subjects/${id}/consents`).expect(404);
      const { rows } = await house.owner.query('select 1 from consent where subject_id = $1', [id]);
      expect(rows).toEqual([]);
    });
  });

  it('R-16: BUSINESS data is not taken in by a tenant, nor instructed on', async () => {
    const business = { ...anAdmission('cust-business'), role: 'BUSINESS' };
    const refused = await bank.post('/v1/subjects', business).expect(422);
    expect(refused.body).toMatchObject({ code: 'ROLE_NOT_OF_TENANT' });
    const own = await house.onboardOwnBusiness();
    const candidate = {
      externalId: 'candidate-1',
      records: [{ element: 'FULL_NAME', value: 'Ada', ...COLLECTED, purpose: 'CANDIDATE_EVALUATION' }],
    };
    const id = idOf(await own.post('/v1/subjects', candidate).expect(201));
    const shown = await own.get(`/v1/subjects/${id}`).expect(200);
    expect(shown.body).toMatchObject({ role: 'BUSINESS' });
    const instructed = await bank.post('/v1/instructions', order({ id })).expect(404);
    expect(instructed.body).toMatchObject({ code: 'SUBJECT_NOT_FOUND' });
  });

  it("R-01: another tenant's agreements, notices, instructors and consents are not found", async () => {
    const id = await admit();
    const consent = idOf(await bank.post(`/v1/subjects/${id}/consents`, CONSENT).expect(201));
    const agreement = await agreementOf();
    const notice = (await listed('/v1/notices')).items[0] as { id: string };
    const instructor = idOf(await bank.post('/v1/instructors', PERSON).expect(201));
    const end = { effectiveTo: '2027-01-01T00:00:00Z' };
    const withdrawal = { withdrawnAt: house.clock.now().toISOString() };
    const attempts = [
      [market.get(`/v1/agreements/${agreement.id}`), 'AGREEMENT_NOT_FOUND'],
      [patch(`/v1/agreements/${agreement.id}`, end, '"1"', market), 'AGREEMENT_NOT_FOUND'],
      [market.get(`/v1/notices/${notice.id}`), 'NOTICE_NOT_FOUND'],
      [market.get(`/v1/instructors/${instructor}`), 'INSTRUCTOR_NOT_FOUND'],
      [market.post(`/v1/instructors/${instructor}/revoke`, {}), 'INSTRUCTOR_NOT_FOUND'],
      [market.get(`/v1/subjects/${id}/consents`), 'SUBJECT_NOT_FOUND'],
      [market.post(`/v1/subjects/${id}/consents`, CONSENT), 'SUBJECT_NOT_FOUND'],
      [market.post(`/v1/subjects/${id}/consents/${consent}/withdrawal`, withdrawal), 'SUBJECT_NOT_FOUND'],
    ] as const;
    for (const [attempt, code] of attempts) {
      expect((await attempt.expect(404)).body).toMatchObject({ code });
    }
    expect((await listed('/v1/instructors', market)).items).toEqual([]);
  });
});
