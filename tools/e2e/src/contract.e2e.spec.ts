import { randomUUID } from 'node:crypto';
import { verifyReceipt } from '@personr/proof';
import { aDelete, anAdmission, COLLECTED, idOf } from './bodies.js';
import { undeclaredIn } from './judge-answers.js';
import { type SeenAnswer, watchAnswers } from './watch-answers.js';
import { type House, startHouse, type TestTenant } from './house.js';

type Named = { readonly id: string };
type Opened = { readonly records: readonly { element: string; value: unknown }[] };
type Listed = { readonly items: readonly Named[]; readonly nextCursor: string | null };

const READ = { purpose: 'IDENTITY_VERIFICATION' };

describe('the contract of the api', () => {
  let house: House;
  let bank: TestTenant;
  let seen: SeenAnswer[];

  beforeAll(async () => {
    house = await startHouse();
    seen = watchAnswers(house.api.getHttpServer());
    bank = await house.onboard('Bank');
  });

  afterAll(() => house.stop());

  const admit = async (externalId: string): Promise<string> =>
    idOf(await bank.post('/v1/subjects', anAdmission(externalId)).expect(201));

  const erase = async (order: object): Promise<string> => {
    const id = idOf(await bank.post('/v1/instructions', order).expect(202));
    await house.ended(bank, id);
    return id;
  };

  describe('of a subject', () => {
    it('makes it once and then adds to it', async () => {
      const created = await bank.post('/v1/subjects', anAdmission('cust-upsert')).expect(201);
      house.clock.advance(1);
      const added = await bank.post('/v1/subjects', anAdmission('cust-upsert', 'Ada Renamed')).expect(200);
      expect(added.body).toMatchObject({ id: idOf(created), createdAt: expect.any(String) as string });
      const read = await bank.post(`/v1/subjects/${idOf(created)}/records/read`, READ).expect(200);
      const names = (read.body as Opened).records.filter(({ element }) => element === 'FULL_NAME');
      expect(names.map(({ value }) => value)).toEqual(['Ada Invented', 'Ada Renamed']);
    });

    it('finds it by its external id and by an identity, and nobody by another', async () => {
      const id = await admit('cust-find');
      const lookup = (body: object) => bank.post('/v1/subjects/lookup', body);
      const identity = { type: 'EMAIL', value: 'CUST-FIND@people.example' };
      expect((await lookup({ externalId: 'cust-find' }).expect(200)).body).toEqual({ id });
      expect((await lookup({ identity }).expect(200)).body).toEqual({ id });
      const nobody = await lookup({ externalId: 'cust-nobody' }).expect(404);
      expect(nobody.body).toMatchObject({ code: 'SUBJECT_NOT_FOUND', status: 404 });
    });

    it('R-13, R-15: shows how everything is classified, and no value', async () => {
      const id = await admit('cust-inventory');
      const shown = await bank.get(`/v1/subjects/${id}`).expect(200);
      const face = { element: 'FACE_TEMPLATE', categories: ['E'], sensitive: 'YES', count: 1 };
      const history = { element: 'ACCESS_HISTORY', categories: ['F'], sensitive: 'NO', count: 1 };
      const { source, purpose } = COLLECTED;
      expect(shown.body).toMatchObject({
        id,
        role: 'SERVICE_PROVIDER',
        residency: 'US-CA',
        beingErased: false,
        elements: expect.arrayContaining([
          { ...face, source, purpose },
          { ...history, source, purpose },
        ]) as unknown,
      });
      for (const value of ['Ada', '0.25', 'Xcust', 'people.example', '192.0.2.7'])
        expect(shown.text).not.toContain(value);
    });

    it('opens for the purpose it was taken in for exactly what was sent', async () => {
      const value = {
        name: 'Ádá ⅷ 阿达 🜁 "quoted" \\ \u2028 line\nbreak',
        numbers: [0, -1.5, 1e21, 0.1],
        nested: { list: [true, false, null, {}] },
      };
      const record = { element: 'EMPLOYMENT', value, ...COLLECTED };
      const id = await admit('cust-exact');
      const added = await bank.post(`/v1/subjects/${id}/records`, { records: [record] }).expect(201);
      expect(added.body).toEqual({
        records: [{ id: expect.any(String) as string, element: 'EMPLOYMENT', categories: ['I'] }],
      });
      const wanted = { ...READ, elements: ['EMPLOYMENT'] };
      const read = await bank.post(`/v1/subjects/${id}/records/read`, wanted).expect(200);
      expect((read.body as Opened).records.map((opened) => opened.value)).toEqual([value]);
      expect(read.headers['cache-control']).toBe('no-store');
    });

    it('R-08: opens nothing for another purpose', async () => {
      const id = await admit('cust-purpose');
      for (const purpose of ['CANDIDATE_EVALUATION', 'WEBSITE_ADVERTISING', 'SALE']) {
        const refused = await bank.post(`/v1/subjects/${id}/records/read`, { purpose }).expect(403);
        expect(refused.body).toMatchObject({ code: 'PURPOSE_NOT_PERMITTED', status: 403 });
      }
    });

    it('lists all, newest first, page by page', async () => {
      const market = await house.onboard('Market');
      const ids: string[] = [];
      for (let number = 0; number < 5; number += 1) {
        house.clock.advance(1);
        ids.unshift(idOf(await market.post('/v1/subjects', anAdmission(`cust-page-${number}`)).expect(201)));
      }
      const listed: string[][] = [];
      let cursor = '';
      do {
        const page = await market.get(`/v1/subjects?limit=2${cursor}`).expect(200);
        const { items, nextCursor } = page.body as Listed;
        listed.push(items.map(({ id }) => id));
        cursor = nextCursor === null ? '' : `&cursor=${nextCursor}`;
      } while (cursor !== '');
      expect(listed.map(({ length }) => length)).toEqual([2, 2, 1]);
      expect(listed.flat()).toEqual(ids);
    });
  });

  describe('of every answer', () => {
    it('returns a well-formed X-Request-Id and makes one otherwise', async () => {
      const sent = randomUUID();
      const kept = await bank.get('/v1/subjects').set('X-Request-Id', sent).expect(200);
      expect(kept.headers['x-request-id']).toBe(sent);
      const made = await bank.get('/v1/subjects').set('X-Request-Id', 'Ada Invented').expect(200);
      expect(made.headers['x-request-id']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    });

    it('says without a token that it lives, and what is ready', async () => {
      const live = await house.http.get('/health/live').expect(200);
      expect(live.body).toEqual({ status: 'LIVE' });
      const ready = await house.http.get('/health/ready').expect(200);
      expect(ready.body).toMatchObject({
        status: 'READY',
        checks: {
          database: { status: 'UP' },
          keyStore: { status: 'UP' },
          keyring: { status: 'UP' },
          redis: { status: 'UP' },
        },
      });
    });
  });

  describe('of an Idempotency-Key', () => {
    const withKey = () => ({ 'Idempotency-Key': `key-${randomUUID()}` });

    it('R-07: answers the same intake again as before, and refuses another under the key', async () => {
      const key = withKey();
      const first = await bank.post('/v1/subjects', anAdmission('cust-key'), key).expect(201);
      const again = await bank.post('/v1/subjects', anAdmission('cust-key'), key).expect(201);
      expect(first.headers['idempotency-replayed']).toBeUndefined();
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(again.body).toEqual(first.body);
      const other = await bank.post('/v1/subjects', anAdmission('cust-key-2'), key).expect(409);
      expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 409 });
      await bank.post('/v1/subjects/lookup', { externalId: 'cust-key-2' }).expect(404);
    });

    it('R-07: answers the same instruction again, and refuses another under the key', async () => {
      await admit('cust-order');
      const key = withKey();
      const order = aDelete({ externalId: 'cust-order' });
      const first = await bank.post('/v1/instructions', order, key).expect(202);
      const again = await bank.post('/v1/instructions', order, key).expect(202);
      expect(first.headers['idempotency-replayed']).toBeUndefined();
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(idOf(again)).toBe(idOf(first));
      expect(again.headers.location).toBe(`/v1/instructions/${idOf(first)}`);
      const other = await bank
        .post('/v1/instructions', aDelete({ externalId: 'cust-other' }), key)
        .expect(409);
      expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 409 });
      await house.ended(bank, idOf(first));
      const late = await bank.post('/v1/instructions', order, key).expect(202);
      expect([idOf(late), late.headers['idempotency-replayed']]).toEqual([idOf(first), 'true']);
    });

    it('R-07: belongs to one tenant', async () => {
      const market = await house.onboard('Market');
      const key = withKey();
      await bank.post('/v1/subjects', anAdmission('cust-mine'), key).expect(201);
      const theirs = await market.post('/v1/subjects', anAdmission('cust-theirs'), key).expect(201);
      expect(theirs.headers['idempotency-replayed']).toBeUndefined();
    });
  });

  describe('of an instruction', () => {
    it('R-20: shows its clock: D+45, late from the midnight that ends it', async () => {
      await admit('cust-clock');
      const order = aDelete({ externalId: 'cust-clock' });
      const accepted = await bank.post('/v1/instructions', order).expect(202);
      expect((accepted.body as { deadlines: unknown }).deadlines).toContainEqual({
        code: 'RESPONSE_45D',
        dueAt: '2027-01-08T07:59:59.999Z',
        lateFrom: '2027-01-08T08:00:00.000Z',
        metAt: null,
      });
    });

    it('R-102: hands the receipt out as JSON and as a tlog-proof', async () => {
      await admit('cust-receipt');
      const id = await erase(aDelete({ externalId: 'cust-receipt' }));
      const receipt = `/v1/instructions/${id}/receipt`;
      const json = await bank.get(receipt).expect(200);
      expect(verifyReceipt(json.text, [bank.vkey])).toMatchObject({
        instructionId: id,
        outcome: 'COMPLETED',
      });
      expect(json.headers['cache-control']).toBe('private');
      const text = await bank.get(receipt).set('Accept', 'text/plain').expect(200);
      expect(text.headers['content-type']).toMatch(/^text\/plain/);
      expect(text.text).toMatch(/^c2sp\.org\/tlog-proof@v1\n/);
    });

    it('ends with a receipt too when nothing is held', async () => {
      const id = await erase(aDelete({ externalId: 'cust-never-seen' }));
      const view = await bank.get(`/v1/instructions/${id}`).expect(200);
      expect(view.body).toMatchObject({ state: 'CLOSED_NO_DATA', subject: null, sealedAt: null });
      const { text } = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
      expect(verifyReceipt(text, [bank.vkey])).toMatchObject({
        instructionId: id,
        outcome: 'CLOSED_NO_DATA',
      });
    });

    it('R-69: is answered with the first one when the subject is erased already', async () => {
      const subject = { id: await admit('cust-twice') };
      const id = await erase(aDelete(subject));
      const receipt = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
      const again = await bank.post('/v1/instructions', aDelete(subject)).expect(200);
      expect(again.body).toMatchObject({ id, code: 'ALREADY_ERASED', state: 'COMPLETED' });
      const kept = await bank.get(`/v1/instructions/${id}/receipt`).expect(200);
      expect((kept.body as { body: unknown }).body).toEqual((receipt.body as { body: unknown }).body);
    });

    it('R-67: erases only the elements it names', async () => {
      const id = await admit('cust-part');
      const scope = { elements: ['FACE_TEMPLATE', 'DOCUMENT_NUMBER'] };
      const instructionId = await erase(aDelete({ id }, { scope }));
      const { text } = await bank.get(`/v1/instructions/${instructionId}/receipt`).expect(200);
      const { stores } = verifyReceipt(text, [bank.vkey]).body;
      expect(stores).toMatchObject([{ erased: 2, remaining: 0 }, { store: 'documents', erased: 0 }, {}, {}]);
      const read = await bank.post(`/v1/subjects/${id}/records/read`, READ).expect(200);
      const left = (read.body as Opened).records.map(({ element }) => element);
      expect(new Set(left)).toEqual(new Set(['EXTERNAL_ID', 'EMAIL_ADDRESS', 'FULL_NAME', 'ACCESS_HISTORY']));
      await bank.post('/v1/subjects', anAdmission('cust-part')).expect(200);
    });

    it('lists all, newest first, and by state', async () => {
      const market = await house.onboard('Market');
      const send = (name: string) =>
        market.post('/v1/instructions', aDelete({ externalId: name })).expect(202);
      const first = idOf(await send('cust-a'));
      await house.ended(market, first);
      const second = idOf(await send('cust-b'));
      await house.ended(market, second);
      const page = await market.get('/v1/instructions?limit=1').expect(200);
      const { items, nextCursor } = page.body as Listed;
      expect(items.map(({ id }) => id)).toEqual([second]);
      const rest = await market.get(`/v1/instructions?limit=1&cursor=${nextCursor ?? ''}`).expect(200);
      expect(rest.body).toMatchObject({ items: [{ id: first }], nextCursor: null });
      const none = await market.get('/v1/instructions?state=ERASING').expect(200);
      expect(none.body).toEqual({ items: [], nextCursor: null });
    });
  });

  it('answered nothing that the contract does not declare', async () => {
    expect(seen.length).toBeGreaterThan(9);
    expect(await undeclaredIn(house, seen)).toEqual([]);
  });
});
