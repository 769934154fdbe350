import { createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newId } from '@personr/kernel';
import { aDelete, anAdmission, COLLECTED } from './bodies.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { type Tally, tally } from './tally.js';

/** Stands in every value that is sent here. It may come back in no answer and no log line. */
const MARKER = 'mArKeR7f3a91';
const UNKNOWN_ID = newId(new Date('2026-11-20T00:00:00Z'));

type Refusal = readonly [what: string, status: number, code: string, body: unknown];

const record = (changes: object) => ({
  records: [{ element: 'FULL_NAME', value: MARKER, ...COLLECTED, ...changes }],
});
const admission = (changes: object) => ({ ...anAdmission(MARKER, MARKER), ...changes });
const nested = (depth: number): unknown => (depth === 0 ? MARKER : [nested(depth - 1)]);
const quoted = (json: string) => JSON.stringify(admission({ externalId: 'HERE' })).replace('"HERE"', json);

const SUBJECTS: readonly Refusal[] = [
  ['nothing', 400, 'VALIDATION_FAILED', '{}'],
  ['half an object', 400, 'BODY_MALFORMED', `{"externalId": "${MARKER}`],
  ['no JSON', 400, 'BODY_MALFORMED', MARKER],
  ['bytes that are not UTF-8', 400, 'BODY_MALFORMED', Buffer.from(`{"externalId": "${MARKER}\xff"}`, 'latin1')],
  ['a list', 400, 'UNKNOWN_MEMBER', [anAdmission(MARKER)]],
  ['an empty list', 400, 'VALIDATION_FAILED', []],
  ['a list of nothing', 400, 'UNKNOWN_MEMBER', [null]],
  ['a bare text', 400, 'VALIDATION_FAILED', `"${MARKER}"`],
  ['null', 400, 'VALIDATION_FAILED', 'null'],
  ['more than 1 MiB', 413, 'BODY_TOO_LARGE', admission({ residency: MARKER.repeat(100_000) })],
  ['a value of more than 64 KiB', 400, 'VALIDATION_FAILED', admission(record({ value: MARKER.repeat(6_000) }))],
  ['33 levels', 400, 'BODY_MALFORMED', admission(record({ value: nested(33) }))],
  ['a number for a text', 400, 'VALIDATION_FAILED', admission({ externalId: 7 })],
  ['a text for a list', 400, 'VALIDATION_FAILED', admission({ records: MARKER })],
  ['an unknown member', 400, 'UNKNOWN_MEMBER', admission({ [MARKER]: true })],
  ['an unknown member of a record', 400, 'UNKNOWN_MEMBER', admission(record({ [MARKER]: MARKER }))],
  ['__proto__', 400, 'BODY_MALFORMED', `{"externalId": "${MARKER}", "__proto__": {"role": "${MARKER}"}}`],
  ['__proto__ in a value', 400, 'BODY_MALFORMED', `{"records": [{"value": {"__proto__": "${MARKER}"}}]}`],
  ['a lone surrogate in a text', 400, 'VALIDATION_FAILED', quoted(`"${MARKER}\\ud800"`)],
  ['a lone surrogate in a value', 400, 'VALIDATION_FAILED', admission(record({ value: `${MARKER}\ud800` }))],
  ['a NUL', 400, 'VALIDATION_FAILED', quoted(`"${MARKER}\\u0000"`)],
  ['a value of null', 400, 'VALIDATION_FAILED', admission(record({ value: null }))],
  ['a day that does not exist', 400, 'VALIDATION_FAILED', admission(record({ collectedAt: '2026-02-30T00:00:00Z' }))],
  ['an unknown source', 400, 'VALIDATION_FAILED', admission(record({ source: MARKER }))],
  ['an identity of an unknown type', 400, 'VALIDATION_FAILED', admission({ identities: [{ type: MARKER, value: MARKER }] })],
  ['an unknown element', 422, 'ELEMENT_UNKNOWN', admission(record({ element: MARKER.toUpperCase() }))],
  ['an element named like a member of Object', 400, 'VALIDATION_FAILED', admission(record({ element: 'constructor' }))],
  ['an unknown purpose', 422, 'PURPOSE_NOT_IN_NOTICE', admission(record({ purpose: MARKER.toUpperCase() }))],
  ['R-14: category G', 422, 'CATEGORY_NOT_IN_NOTICE', admission(record({ element: 'GEOLOCATION' }))],
  ['R-14: category J', 422, 'CATEGORY_NOT_IN_NOTICE', admission(record({ element: 'EDUCATION_RECORD' }))],
  ['R-14: category K', 422, 'CATEGORY_NOT_IN_NOTICE', admission(record({ element: 'INFERENCE_PROFILE' }))],
  ['R-14: no purpose to collect for', 422, 'PURPOSE_NOT_IN_NOTICE', admission(record({ purpose: 'LEGAL_OBLIGATION' }))],
];

const ONE = `/v1/subjects/${UNKNOWN_ID}`;
const ELSEWHERE: readonly (readonly [path: string, ...Refusal])[] = [
  ['/v1/subjects/lookup', 'nobody', 400, 'VALIDATION_FAILED', {}],
  ['/v1/subjects/lookup', 'two ways', 400, 'VALIDATION_FAILED', { externalId: MARKER, identity: { type: 'EMAIL', value: MARKER } }],
  ['/v1/subjects/lookup', 'an identity that is a text', 400, 'VALIDATION_FAILED', { identity: MARKER }],
  ['/v1/subjects/lookup', 'somebody unknown', 404, 'SUBJECT_NOT_FOUND', { externalId: MARKER }],
  [`${ONE}/records`, 'no records', 400, 'VALIDATION_FAILED', { records: [] }],
  [`${ONE}/records`, 'an unknown element', 422, 'ELEMENT_UNKNOWN', record({ element: MARKER.toUpperCase() })],
  [`${ONE}/records`, 'category G', 422, 'CATEGORY_NOT_IN_NOTICE', record({ element: 'GEOLOCATION' })],
  [`${ONE}/records`, 'a subject that is unknown', 404, 'SUBJECT_NOT_FOUND', record({})],
  [`${ONE}/records/read`, 'no purpose', 400, 'VALIDATION_FAILED', {}],
  [`${ONE}/records/read`, 'an unknown element', 422, 'ELEMENT_UNKNOWN', { purpose: 'IDENTITY_VERIFICATION', elements: [MARKER.toUpperCase()] }],
  [`${ONE}/records/read`, 'a subject that is unknown', 404, 'SUBJECT_NOT_FOUND', { purpose: 'IDENTITY_VERIFICATION' }],
];

const held = { externalId: `${MARKER}-held` };
const writing = { instructorId: null, text: MARKER, documentSha256: null };
const order = (changes: object, subject: object = held) => aDelete(subject, { writing, ...changes });
const verified = aDelete({}).verification;
const received = aDelete({}).consumerRequest;
const two = { identities: [`${MARKER}-held`, `${MARKER}-other`].map((name) => ({ type: 'EMAIL', value: `${name}@people.example` })) };

/** Orders that are read and judged: each leaves an entry that says why it was refused. */
const ORDERS: readonly Refusal[] = [
  ['R-04: an order that is not written', 422, 'INSTRUCTION_NOT_WRITTEN', order({ writing: undefined })],
  ['R-04: an empty writing', 422, 'INSTRUCTION_NOT_WRITTEN', order({ writing: {} })],
  ['R-05: an instructor nobody authorised', 403, 'INSTRUCTOR_NOT_AUTHORISED', order({ writing: { ...writing, instructorId: UNKNOWN_ID } })],
  ['R-18: a receipt in the future', 422, 'RECEIPT_IN_FUTURE', order({ consumerRequest: { ...received, receivedAt: '2026-12-01T00:00:00Z' } })],
  ['R-29: nobody verified', 409, 'NOT_VERIFIED', order({ verification: undefined })],
  ['R-29: verified as nothing', 409, 'NOT_VERIFIED', order({ verification: { ...verified, level: 'NONE' } })],
  ['R-30: verified too weakly', 409, 'VERIFICATION_LEVEL_TOO_LOW', order({ verification: { ...verified, level: 'REASONABLE' } })],
  ['an EXPORT', 422, 'TYPE_NOT_ENABLED', order({ type: 'EXPORT' })],
  ['a RETURN', 422, 'TYPE_NOT_ENABLED', order({ type: 'RETURN' })],
  ['R-41: two subjects at once', 409, 'SUBJECT_AMBIGUOUS', order({}, two)],
  ['a subject that is unknown', 404, 'SUBJECT_NOT_FOUND', order({}, { id: UNKNOWN_ID })],
];

/** Orders that cannot be read as orders at all. */
const NO_ORDERS: readonly Refusal[] = [
  ['no members', 400, 'VALIDATION_FAILED', '{}'],
  ['no subject', 400, 'VALIDATION_FAILED', order({ subject: undefined })],
  ['a subject named twice', 400, 'VALIDATION_FAILED', order({}, { ...held, id: UNKNOWN_ID })],
  ['a subject not named', 400, 'VALIDATION_FAILED', order({}, {})],
  ['an id that is none', 400, 'VALIDATION_FAILED', order({}, { id: MARKER })],
  ['an unknown type', 400, 'VALIDATION_FAILED', order({ type: MARKER })],
  ['an unknown member', 400, 'UNKNOWN_MEMBER', order({ [MARKER]: MARKER })],
  ['an unknown member of the subject', 400, 'UNKNOWN_MEMBER', order({}, { ...held, [MARKER]: MARKER })],
  ['an unknown element in the scope', 422, 'ELEMENT_UNKNOWN', order({ scope: { elements: [MARKER.toUpperCase()] } })],
  ['a lone surrogate in the writing', 400, 'VALIDATION_FAILED', order({ writing: { text: `${MARKER}\ud800` } })],
  ['a NUL in the writing', 400, 'VALIDATION_FAILED', order({ writing: { text: `${MARKER}\0` } })],
];

describe('a bad request', () => {
  let house: House;
  let bank: TestTenant;
  let before: Tally;

  beforeAll(async () => {
    house = await startHouse();
    bank = await house.onboard('Bank');
    for (const name of ['held', 'other']) {
      await bank.post('/v1/subjects', anAdmission(`${MARKER}-${name}`, MARKER)).expect(201);
    }
  });

  afterAll(() => house.stop());

  beforeEach(async () => {
    before = await tally(house, bank);
  });

  const send = (path: string, body: unknown, token = bank.token, type = 'application/json') => {
    const request = house.http.post(path).auth(token, { type: 'bearer' }).set('Content-Type', type);
    // Bytes as they are: `serialize` would write them as JSON.
    return request.serialize((sent: unknown) => sent as string).send(toBytes(body));
  };

  type Answer = Awaited<ReturnType<typeof send>>;

  const expectRefusal = async (answer: Answer, status: number, code: string, entries = 0): Promise<void> => {
    const problem = answer.body as Record<string, unknown>;
    expect([answer.status, problem['code']]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(problem).toMatchObject({
      type: `urn:personr:problem:${code.toLowerCase().replaceAll('_', '-')}`,
      title: expect.any(String) as string,
      status,
      detail: expect.any(String) as string,
      instance: `urn:uuid:${answer.headers['x-request-id'] ?? ''}`,
    });
    expect((answer.text + JSON.stringify(answer.headers)).toLowerCase()).not.toContain(MARKER.toLowerCase());
    expect(house.logLines.filter((line) => line.toLowerCase().includes(MARKER.toLowerCase()))).toEqual([]);
    const { events, entries: after, logSize: _, ...rows } = await tally(house, bank);
    expect(before).toMatchObject(rows);
    expect(after - before.entries).toBe(entries);
    expect((events['instruction.refused'] ?? 0) - (before.events['instruction.refused'] ?? 0)).toBe(entries);
  };

  describe('to take in a person', () => {
    it.each(SUBJECTS)('is refused for %s: %i %s', async (_, status, code, body) => {
      await expectRefusal(await send('/v1/subjects', body), status, code);
    });
  });

  describe('to a subject', () => {
    it.each(ELSEWHERE)('%s is refused for %s: %i %s', async (path, _, status, code, body) => {
      await expectRefusal(await send(path, body), status, code);
    });
  });

  describe('to take in an instruction', () => {
    it.each(ORDERS)('R-100: is refused, and the log says so, for %s: %i %s', async (_, status, code, body) => {
      await expectRefusal(await send('/v1/instructions', body), status, code, 1);
    });

    it.each(NO_ORDERS)('is refused for %s: %i %s', async (_, status, code, body) => {
      await expectRefusal(await send('/v1/instructions', body), status, code);
    });
  });

  describe('by somebody else', () => {
    const key = (file: string) => createPrivateKey(readFileSync(file));
    const claimsOf = (token: string) =>
      JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const sign = (claims: object, privateKey = key(house.apiConfig.tokenKeyFile)): string => {
      const signed = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
      const signature = createSign('sha256').update(signed).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${signed}.${signature.toString('base64url')}`;
    };
    const another = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

    const TOKENS: readonly (readonly [string, string, () => string])[] = [
      ['that is none', 'CREDENTIAL_INVALID', () => MARKER],
      ['of the algorithm none', 'CREDENTIAL_INVALID', () => `${part({ alg: 'none' })}.${part(claimsOf(bank.token))}.`],
      ['signed with another key', 'CREDENTIAL_INVALID', () => sign(claimsOf(bank.token), another())],
      ['of another issuer', 'CREDENTIAL_INVALID', () => sign({ ...claimsOf(bank.token), iss: 'https://other.example' })],
      ['for another audience', 'CREDENTIAL_INVALID', () => sign({ ...claimsOf(bank.token), aud: 'https://other.example' })],
      ['whose tenant is no id', 'CREDENTIAL_INVALID', () => sign({ ...claimsOf(bank.token), tenant: MARKER })],
      ['without an expiry', 'CREDENTIAL_INVALID', () => sign({ ...claimsOf(bank.token), exp: undefined })],
      ['changed after signing', 'CREDENTIAL_INVALID', () => {
        const [head = '', , signature = ''] = bank.token.split('.');
        return [head, part({ ...claimsOf(bank.token), tenant: UNKNOWN_ID }), signature].join('.');
      }],
    ];

    it.each(['/v1/subjects', '/v1/instructions'])('is refused at %s without a token', async (path) => {
      const request = house.http.post(path).send(admission({}));
      await expectRefusal(await request, 401, 'CREDENTIAL_MISSING');
    });

    it.each(TOKENS)('is refused with a token %s: %s', async (_, code, token) => {
      await expectRefusal(await send('/v1/subjects', admission({}), token()), 401, code);
    });

    it('is let in with the claims that a forger would sign, under our own key', async () => {
      const answer = await send('/v1/subjects', anAdmission(`${MARKER}-held`), sign(claimsOf(bank.token)));
      expect(answer.status).toBe(200);
    });

    it('is refused with a token that is ten minutes old', async () => {
      const now = house.clock.now();
      house.clock.advance(600_000);
      await expectRefusal(await send('/v1/subjects', admission({})), 401, 'TOKEN_EXPIRED');
      house.clock.set(now);
    });

    it('is refused with a token of too narrow a scope', async () => {
      const { body } = await house.http
        .post('/oauth/token')
        .auth(bank.clientId, bank.clientSecret)
        .type('form')
        .send({ grant_type: 'client_credentials', scope: 'subjects:read instructions:read' })
        .expect(200);
      const { access_token: token } = body as { access_token: string };
      await expectRefusal(await send('/v1/subjects', admission({}), token), 403, 'SCOPE_MISSING');
      await expectRefusal(await send('/v1/instructions', order({}), token), 403, 'SCOPE_MISSING');
    });

    it.each([
      ['a wrong secret', () => [bank.clientId, MARKER]],
      ['an unknown client', () => [`${UNKNOWN_ID}.${UNKNOWN_ID}`, bank.clientSecret]],
      ['a client that is no id', () => [MARKER, bank.clientSecret]],
    ] as const)('gets no token for %s', async (_, credential) => {
      const [id = '', secret = ''] = credential();
      const form = { grant_type: 'client_credentials' };
      const answer = await house.http.post('/oauth/token').auth(id, secret).type('form').send(form);
      await expectRefusal(answer, 401, 'CREDENTIAL_INVALID');
    });
  });

  describe('in another way', () => {
    it.each(['text/plain', 'application/xml', 'multipart/form-data'])('is refused as %s', async (type) => {
      const answer = await send('/v1/subjects', JSON.stringify(admission({})), bank.token, type);
      await expectRefusal(answer, 415, 'CONTENT_TYPE_UNSUPPORTED');
    });

    it('is refused as a form', async () => {
      const form = 'application/x-www-form-urlencoded';
      const answer = await send('/v1/subjects', `externalId=${MARKER}&${MARKER}=1`, bank.token, form);
      await expectRefusal(answer, 400, 'UNKNOWN_MEMBER');
    });

    it.each(['', `${MARKER} with blanks`, MARKER.repeat(30), `${MARKER}\u00e9`])(
      'is refused with the Idempotency-Key %j',
      async (key) => {
        const sent = bank.post('/v1/subjects', admission({}), { 'Idempotency-Key': key });
        await expectRefusal(await sent, 400, 'IDEMPOTENCY_KEY_MALFORMED');
      },
    );

    it('is refused for an id or a cursor that is none', async () => {
      await expectRefusal(await bank.get(`/v1/subjects/${MARKER}`), 400, 'ID_MALFORMED');
      await expectRefusal(await bank.get(`/v1/subjects?cursor=${MARKER}`), 400, 'CURSOR_MALFORMED');
      await expectRefusal(await bank.get('/v1/subjects?limit=201'), 400, 'VALIDATION_FAILED');
      await expectRefusal(await bank.get(`/v1/subjects?${MARKER}=1`), 400, 'UNKNOWN_MEMBER');
    });

    it.each([`/v1/${MARKER}`, `/v1/subjects/${MARKER}%E0%A4%A`, `/v1/subjects/${MARKER.repeat(6)}`])(
      'is refused at %s, where there is no route',
      async (path) => {
        await expectRefusal(await bank.get(path), 404, 'ROUTE_NOT_FOUND');
      },
    );
  });
});

function toBytes(body: unknown): string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}
