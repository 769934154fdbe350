import { createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { admission, MARKER, order, UNKNOWN_ID } from './bad-requests.js';
import { undeclaredIn } from './judge-answers.js';
import { type SeenAnswer, watchAnswers } from './watch-answers.js';
import { type House, startHouse, type TestTenant } from './house.js';
import { type RefusalWatch, watchRefusals } from './watch-refusals.js';

type Claims = Readonly<Record<string, unknown>>;

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claimsOf = (token: string): Claims =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;

describe('whoever has no right', () => {
  let house: House;
  let bank: TestTenant;
  let seen: SeenAnswer[];
  let refusal: RefusalWatch;

  beforeAll(async () => {
    house = await startHouse();
    seen = watchAnswers(house.api.getHttpServer());
    bank = await house.onboard('Bank');
    refusal = watchRefusals(house, bank);
  });

  afterAll(() => house.stop());
  beforeEach(() => refusal.count());

  const admit = (token: string) =>
    house.http.post('/v1/subjects').auth(token, { type: 'bearer' }).send(admission({}));

  const tokenRequest = ([id, secret]: readonly [string, string], scope?: string) =>
    house.http
      .post('/oauth/token')
      .auth(id, secret)
      .type('form')
      .send({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) });

  /** A token with our claims but for `changes`, signed with our key unless another is given. */
  const forge = (
    changes: Claims,
    key = createPrivateKey(readFileSync(house.apiConfig.tokenKeyFile)),
    head: Claims = {},
  ): string => {
    const header = JSON.parse(Buffer.from(bank.token.split('.')[0] ?? '', 'base64url').toString()) as Claims;
    const signed = `${part({ ...header, ...head })}.${part({ ...claimsOf(bank.token), ...changes })}`;
    const signature = createSign('sha256').update(signed).sign({ key, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  };

  const TOKENS: readonly (readonly [string, () => string])[] = [
    ['that is none', () => MARKER],
    ['of the algorithm none', () => `${part({ alg: 'none' })}.${part(claimsOf(bank.token))}.`],
    [
      'signed with another key',
      () => forge({}, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ],
    ['that names a key we do not have', () => forge({}, undefined, { kid: MARKER })],
    ['that names no key', () => forge({}, undefined, { kid: undefined })],
    ['that is another kind of JWT of ours', () => forge({}, undefined, { typ: 'JWT' })],
    ['of another issuer', () => forge({ iss: 'https://other.example' })],
    ['for another audience', () => forge({ aud: 'https://other.example' })],
    ['whose tenant is no id', () => forge({ tenant: MARKER })],
    ['without an expiry', () => forge({ exp: undefined })],
    ['without scopes', () => forge({ scope: undefined })],
    [
      'that was changed after it was signed',
      () => {
        const [head = '', , signature = ''] = bank.token.split('.');
        return [head, part({ ...claimsOf(bank.token), tenant: UNKNOWN_ID }), signature].join('.');
      },
    ],
  ];

  it.each(['/v1/subjects', '/v1/instructions'])('is refused at %s without a token', async (path) => {
    const answer = await house.http.post(path).send(admission({}));
    await refusal.expect(answer, { status: 401, code: 'CREDENTIAL_MISSING' });
  });

  it.each(TOKENS)('is refused with a token %s', async (_, token) => {
    await refusal.expect(await admit(token()), { status: 401, code: 'CREDENTIAL_INVALID' });
  });

  it('is let in with what is forged here, if nothing is changed', async () => {
    await house.http.get('/v1/subjects').auth(forge({}), { type: 'bearer' }).expect(200);
  });

  it('is refused with a token that is ten minutes old', async () => {
    const now = house.clock.now();
    house.clock.advance(600_000);
    await refusal.expect(await admit(bank.token), { status: 401, code: 'TOKEN_EXPIRED' });
    house.clock.set(now);
  });

  it('R-100: is refused with a token of too narrow a scope; the log says so', async () => {
    const narrow = await tokenRequest([bank.clientId, bank.clientSecret], 'subjects:read instructions:read');
    const { access_token: token } = narrow.body as { access_token: string };
    await refusal.count();
    await refusal.expect(await admit(token), { status: 403, code: 'SCOPE_MISSING', entries: 1 });
    await refusal.count();
    const instructed = house.http.post('/v1/instructions').auth(token, { type: 'bearer' }).send(order({}));
    await refusal.expect(await instructed, { status: 403, code: 'SCOPE_MISSING', entries: 1 });
  });

  it.each([
    ['a wrong secret', () => [bank.clientId, MARKER]],
    ['an unknown client', () => [`${UNKNOWN_ID}.${UNKNOWN_ID}`, bank.clientSecret]],
    [
      'another tenant of the client',
      () => [`${UNKNOWN_ID}.${bank.clientId.split('.')[1] ?? ''}`, bank.clientSecret],
    ],
    ['a client that is no id', () => [MARKER, bank.clientSecret]],
  ] satisfies [string, () => [string, string]][])('gets no token for %s', async (_, credential) => {
    await refusal.expect(await tokenRequest(credential()), { status: 401, code: 'CREDENTIAL_INVALID' });
  });

  it('gets no token for a scope that the client does not hold', async () => {
    const answer = await tokenRequest([bank.clientId, bank.clientSecret], 'everything');
    await refusal.expect(answer, { status: 403, code: 'SCOPE_MISSING', entries: 1 });
  });

  it('answered nothing that the contract does not declare', async () => {
    expect(seen.length).toBeGreaterThan(9);
    expect(await undeclaredIn(house, seen)).toEqual([]);
  });
});
