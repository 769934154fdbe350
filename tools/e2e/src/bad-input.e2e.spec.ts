import { admission, ELSEWHERE, MARKER, NO_ORDERS, ORDERS, SUBJECTS } from './bad-requests.js';
import { anAdmission } from './bodies.js';
import { undeclaredIn } from './judge-answers.js';
import { type SeenAnswer, watchAnswers } from './watch-answers.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { type RefusalWatch, watchRefusals } from './watch-refusals.js';

describe('a bad request', () => {
  let house: House;
  let bank: TestTenant;
  let seen: SeenAnswer[];
  let refusal: RefusalWatch;

  beforeAll(async () => {
    house = await startHouse();
    seen = watchAnswers(house.api.getHttpServer());
    bank = await house.onboard('Bank');
    refusal = watchRefusals(house, bank);
    for (const name of ['held', 'other']) {
      await bank.post('/v1/subjects', anAdmission(`${MARKER}-${name}`, MARKER)).expect(201);
    }
  });

  afterAll(() => house.stop());
  beforeEach(() => refusal.count());

  /** Sends bytes as they are, and anything else as JSON. */
  const send = (path: string, body: unknown, type = 'application/json') => {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const request = house.http.post(path).auth(bank.token, { type: 'bearer' }).set('Content-Type', type);
    return request.serialize((sent: unknown) => sent as string).send(bytes as string);
  };

  describe('to take in a person', () => {
    it.each(SUBJECTS)('is refused for %s: %i %s', async (_, status, code, body) => {
      await refusal.expect(await send('/v1/subjects', body), { status, code, entries: 1 });
    });
  });

  describe('to a subject', () => {
    it.each(ELSEWHERE)('%s is refused for %s: %i %s', async (path, _, status, code, body) => {
      await refusal.expect(await send(path, body), { status, code, entries: 1 });
    });
  });

  describe('to take in an instruction', () => {
    it.each([...ORDERS, ...NO_ORDERS])(
      'R-100: is refused, and the log says so, for %s: %i %s',
      async (_, status, code, body) => {
        await refusal.expect(await send('/v1/instructions', body), { status, code, entries: 1 });
      },
    );

    it('R-100: is refused, and the log says so, for a key that is none', async () => {
      const sent = bank.post('/v1/instructions', ORDERS[0]?.[3] as object, { 'Idempotency-Key': 'a b' });
      await refusal.expect(await sent, { status: 400, code: 'IDEMPOTENCY_KEY_MALFORMED', entries: 1 });
    });
  });

  describe('in another way', () => {
    it.each(['text/plain', 'application/xml', 'multipart/form-data'])('is refused as %s', async (type) => {
      const answer = await send('/v1/subjects', JSON.stringify(admission({})), type);
      await refusal.expect(answer, { status: 415, code: 'CONTENT_TYPE_UNSUPPORTED', entries: 1 });
    });

    it('is refused as a form', async () => {
      const answer = await send('/v1/subjects', `externalId=${MARKER}`, 'application/x-www-form-urlencoded');
      await refusal.expect(answer, { status: 415, code: 'CONTENT_TYPE_UNSUPPORTED', entries: 1 });
    });

    it.each(['utf-16', 'iso-8859-1'])('is refused in the charset %s', async (charset) => {
      const type = `application/json; charset=${charset}`;
      const answer = await send('/v1/subjects', JSON.stringify(admission({})), type);
      await refusal.expect(answer, { status: 415, code: 'CONTENT_TYPE_UNSUPPORTED', entries: 1 });
    });

    it.each(['gzip', 'br', 'deflate', 'identity, gzip'])('is refused encoded as %s', async (encoding) => {
      const answer = await bank.post('/v1/subjects', admission({}), { 'Content-Encoding': encoding });
      await refusal.expect(answer, { status: 415, code: 'CONTENT_TYPE_UNSUPPORTED', entries: 1 });
    });

    it.each([
      ['empty', ''],
      ['with blanks', `${MARKER} with blanks`],
      ['of 260 characters', MARKER.repeat(22)],
      ['beyond ASCII', `${MARKER}\u00e9`],
    ])('is refused with an Idempotency-Key that is %s', async (_, key) => {
      const answer = await bank.post('/v1/subjects', admission({}), { 'Idempotency-Key': key });
      await refusal.expect(answer, { status: 400, code: 'IDEMPOTENCY_KEY_MALFORMED', entries: 1 });
    });

    it.each([
      [`/v1/subjects/${MARKER}`, 400, 'ID_MALFORMED'],
      [`/v1/subjects?cursor=${MARKER}`, 400, 'CURSOR_MALFORMED'],
      ['/v1/subjects?limit=201', 400, 'VALIDATION_FAILED'],
      [`/v1/subjects?${MARKER}=1`, 400, 'UNKNOWN_MEMBER'],
      [`/v1/${MARKER}`, 404, 'ROUTE_NOT_FOUND'],
    ])('is refused at %s: %i %s', async (path, status, code) => {
      await refusal.expect(await bank.get(path), { status, code, entries: 1 });
    });

    it.each([`/v1/subjects/${MARKER}%E0%A4%A`, `/v1/subjects/${MARKER.repeat(6)}`])(
      'is refused at %s, which no route can have and no log tells of',
      async (path) => {
        await refusal.expect(await bank.get(path), { status: 404, code: 'ROUTE_NOT_FOUND' });
      },
    );
  });

  it('answered nothing that the contract does not declare', async () => {
    expect(seen.length).toBeGreaterThan(9);
    expect(await undeclaredIn(house, seen)).toEqual([]);
  });
});
