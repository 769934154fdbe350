import { randomUUID } from 'node:crypto';
import { anAdmission, idOf } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('whatever is asked of the api', () => {
  let house: House;
  let bank: TestTenant;

  beforeAll(async () => {
    house = await startHouse({ worker: false });
    bank = await house.onboard('Bank');
  });

  afterAll(() => house.stop());

  const bearer = () => ({ Authorization: `Bearer ${bank.token}` });

  /** Every kind of answer that comes from another part of the way in. */
  const ANSWERS: readonly (readonly [string, number, () => ReturnType<House['http']['get']>])[] = [
    ['a list', 200, () => bank.get('/v1/subjects')],
    ['what is open', 200, () => house.http.get('/health/live')],
    ['the contract', 200, () => house.http.get('/openapi.json')],
    ['a path that is none', 404, () => bank.get('/v1/nothing')],
    ['a path that cannot be read', 404, () => bank.get('/v1/subjects/%E0%A4%A')],
    ['a path that is too long', 404, () => bank.get(`/v1/subjects/${'x'.repeat(65)}`)],
    ['a method that is none', 405, () => house.http.delete('/v1/subjects').set(bearer())],
    ['the methods there are', 204, () => house.http.options('/v1/subjects')],
    ['an id of nobody', 404, () => bank.get('/v1/subjects/01936d2b-8b1c-7000-8000-000000000001')],
    ['no token', 401, () => house.http.get('/v1/subjects')],
    [
      'no client',
      401,
      () => house.http.post('/oauth/token').type('form').send({ grant_type: 'client_credentials' }),
    ],
    ['an unreadable body', 400, () => bank.post('/v1/subjects', {}).type('json').send('{')],
    ['a member too many', 400, () => bank.post('/v1/subjects', { externalId: 'x', more: 1 })],
    ['another type', 415, () => house.http.post('/v1/subjects').set(bearer()).type('text/plain').send('x')],
    ['too long a body', 413, () => bank.post('/v1/subjects', { externalId: 'x'.repeat(1024 * 1024) })],
  ];

  it.each(ANSWERS)('returns the request id with the answer to %s, and logs it', async (_, status, ask) => {
    const sent = randomUUID();
    const answer = await ask().set('X-Request-Id', sent).expect(status);
    expect(answer.headers['x-request-id']).toBe(sent);
    if (status >= 400) {
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(answer.text)).toMatchObject({ instance: `urn:uuid:${sent}`, status });
    }
    expect(house.logLines.filter((line) => line.includes(sent)).length).toBeGreaterThan(0);
    const made = await ask().set('X-Request-Id', 'Ada Invented').expect(status);
    expect(made.headers['x-request-id']).toMatch(UUID);
    expect(house.logLines.filter((line) => line.includes('Ada Invented'))).toEqual([]);
  });

  it('leaves the request id in the entry that it makes', async () => {
    const sent = randomUUID();
    await bank.post('/v1/subjects', anAdmission('cust-traced'), { 'X-Request-Id': sent }).expect(201);
    const { rows } = await house.owner.query<{ n: number }>(
      `select count(*)::int as n from audit_outbox
       where tenant_id = $1 and position(convert_to($2, 'UTF8') in entry) > 0`,
      [bank.tenantId, sent],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('answers another method of a known path with those it has', async () => {
    const refused = await house.http.delete('/v1/subjects').expect(405);
    expect(refused.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
    expect(refused.body).toMatchObject({ code: 'METHOD_NOT_ALLOWED', status: 405 });
    const id = idOf(await bank.post('/v1/subjects', anAdmission('cust-method')).expect(201));
    await house.http.patch(`/v1/subjects/${id}`).expect(405).expect('Allow', 'GET, HEAD, OPTIONS');
    await house.http.put('/v1/subjects/').expect(404);
    await house.http.delete('/v1/nothing').expect(404);
  });

  it('answers HEAD as GET without a body, and asks for a token all the same', async () => {
    const answer = await house.http.head('/v1/subjects').set(bearer()).expect(200);
    expect(answer.body).toEqual({});
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    await house.http.head('/v1/subjects').expect(401);
  });

  it('tells a browser of another origin nothing', async () => {
    const preflight = await house.http
      .options('/v1/subjects')
      .set({ Origin: 'https://other.example', 'Access-Control-Request-Method': 'POST' })
      .expect(204);
    const asked = await bank.get('/v1/subjects').set('Origin', 'https://other.example').expect(200);
    for (const { headers } of [preflight, asked]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
    expect(preflight.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
  });

  it('lets no cache keep what a tenant is told', async () => {
    for (const answer of [
      await bank.get('/v1/subjects').expect(200),
      await bank.get('/v1/subjects/01936d2b-8b1c-7000-8000-000000000001').expect(404),
      await house.http.get('/v1/subjects').expect(401),
      await house.http.delete('/v1/subjects').expect(405),
    ]) {
      expect(answer.headers['cache-control']).toBe('private, no-store');
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d+/);
      expect(answer.headers['x-powered-by']).toBeUndefined();
    }
  });
});
