import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { proveAssertion, readAssertion } from './assertion.js';
import { CredentialRefused } from './credential-refused.js';
import { type ClientAlgorithm, parseKeySet, type PublicJwk } from './key-set.js';

const NOW = new Date('2026-11-25T18:00:00.500Z');
const SECONDS = Date.parse('2026-11-25T18:00:00Z') / 1000;
const ISSUER = 'https://api.personr.example';
const CLIENT = 'tenant.client';

type Changes = Readonly<Record<string, unknown>>;
type Pair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const PAIRS: Readonly<Record<ClientAlgorithm, Pair>> = {
  EdDSA: generateKeyPairSync('ed25519'),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const publicJwk = (alg: ClientAlgorithm): PublicJwk =>
  parseKeySet({ keys: [{ ...PAIRS[alg].publicKey.export({ format: 'jwk' }), kid: alg }] })[0]!;

const GOOD = { iss: CLIENT, sub: CLIENT, aud: ISSUER, jti: 'once', exp: SECONDS + 60 };

/** The claims of a good assertion with some changed; what is undefined is left out. */
const sign = (changes: Changes = {}, header: Changes = {}, alg: ClientAlgorithm = 'EdDSA'): Promise<string> =>
  new SignJWT({ ...GOOD, ...changes })
    .setProtectedHeader({ alg, kid: alg, ...header })
    .sign(PAIRS[alg].privateKey, { crit: { 'urn:other': true } });

const prove = async (text: string, alg: ClientAlgorithm = 'EdDSA') =>
  proveAssertion(readAssertion(text), { key: publicJwk(alg), audience: ISSUER, now: NOW });

const refusalOf = async (text: string): Promise<CredentialRefused> => {
  const error = await prove(text).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CredentialRefused);
  expect(error).toMatchObject({ code: 'CREDENTIAL_INVALID' });
  return error as CredentialRefused;
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an assertion (RFC 7523)', () => {
  it.each(['EdDSA', 'ES256', 'RS256'] as const)('is good when it is signed with %s', async (alg) => {
    const proved = await prove(await sign({}, {}, alg), alg);
    expect(proved).toEqual({ jti: 'once', expiresAt: new Date((SECONDS + 60 + 60) * 1000) });
  });

  it('may name EdDSA by its one curve (RFC 9864)', async () => {
    await expect(prove(await sign({}, { alg: 'Ed25519' }))).resolves.toMatchObject({ jti: 'once' });
  });

  it.each([
    ['an aud that is a list of one', { aud: [ISSUER] }],
    ['an exp as far as it may be', { exp: SECONDS + 330 }],
    ['an exp that is just over, as clocks go', { exp: SECONDS - 29 }],
    ['an iat a little ahead', { iat: SECONDS + 30 }],
    ['an nbf a little ahead', { nbf: SECONDS + 30 }],
    ['an iat long ago', { iat: 1 }],
    ['a claim that we do not know', { scope: 'everything' }],
  ])('is good with %s', async (_, changes) => {
    await expect(prove(await sign(changes))).resolves.toMatchObject({ jti: 'once' });
  });

  it.each([
    ['no aud', { aud: undefined }, 'aud'],
    ['another aud', { aud: 'https://other.example' }, 'aud'],
    ['the token endpoint as aud', { aud: `${ISSUER}/oauth/token` }, 'aud'],
    ['the aud with a slash', { aud: `${ISSUER}/` }, 'aud'],
    ['another aud beside ours', { aud: [ISSUER, 'https://other.example'] }, 'aud'],
    ['an empty list of aud', { aud: [] }, 'aud'],
    ['no exp', { exp: undefined }, 'exp'],
    ['an exp that is over', { exp: SECONDS - 30 }, 'expired'],
    ['an exp too far ahead', { exp: SECONDS + 331 }, 'five minutes'],
    ['an exp at the end of time', { exp: 1e300 }, 'five minutes'],
    ['an exp that is text', { exp: '1' }, 'exp'],
    ['an iat in the future', { iat: SECONDS + 32 }, 'iat'],
    ['an iat that is text', { iat: 'now' }, 'iat'],
    ['an nbf in the future', { nbf: SECONDS + 32 }, 'nbf'],
    ['no jti', { jti: undefined }, 'jti'],
    ['an empty jti', { jti: '' }, 'jti'],
    ['a jti that is a number', { jti: 7 }, 'jti'],
    ['a jti that is too long', { jti: 'j'.repeat(256) }, 'jti'],
  ])('is refused with %s, and its signer is told', async (_, changes, told) => {
    const { reason, message } = await refusalOf(await sign(changes));
    expect([reason, message]).toEqual(['CLAIMS', expect.stringContaining(told)]);
    expect(message).not.toContain('other.example');
  });

  it.each([
    ['the algorithm none', () => `${part({ alg: 'none' })}.${part(GOOD)}.`],
    [
      'the algorithm none with a signature',
      async () => `${part({ alg: 'none' })}.${part(GOOD)}.${(await sign()).split('.')[2] ?? ''}`,
    ],
    [
      'HS256 over the public key as a secret',
      () => {
        const signed = `${part({ alg: 'HS256' })}.${part(GOOD)}`;
        const secret = PAIRS.RS256.publicKey.export({ type: 'spki', format: 'pem' });
        return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
      },
    ],
    ['Ed448', () => `${part({ alg: 'Ed448' })}.${part(GOOD)}.AAAA`],
    ['a name that every object has', () => `${part({ alg: 'toString' })}.${part(GOOD)}.AAAA`],
    ['PS256', () => `${part({ alg: 'PS256' })}.${part(GOOD)}.AAAA`],
    ['another algorithm than the key has', () => sign({}, {}, 'ES256')],
    [
      'the key of another',
      () =>
        new SignJWT(GOOD)
          .setProtectedHeader({ alg: 'EdDSA' })
          .sign(generateKeyPairSync('ed25519').privateKey),
    ],
    [
      'its own key in the header',
      () => {
        const other = generateKeyPairSync('ed25519');
        const jwk = other.publicKey.export({ format: 'jwk' });
        return new SignJWT(GOOD).setProtectedHeader({ alg: 'EdDSA', jwk: jwk }).sign(other.privateKey);
      },
    ],
    [
      'claims that were changed after it was signed',
      async () => {
        const [head = '', , signature = ''] = (await sign()).split('.');
        return [head, part({ ...GOOD, jti: 'twice' }), signature].join('.');
      },
    ],
    ['no signature', async () => `${(await sign()).split('.').slice(0, 2).join('.')}.`],
    ['a header that must be understood', () => sign({}, { crit: ['urn:other'], 'urn:other': true })],
    ['no iss', () => sign({ iss: undefined })],
    ['no sub', () => sign({ sub: undefined })],
    ['an iss that is not its sub', () => sign({ iss: 'tenant.other' })],
    ['a typ of another thing', () => sign({}, { typ: 'at+jwt' })],
    ['too many characters', () => sign({ note: 'n'.repeat(4_000) })],
    ['no JWT at all', () => 'a.b.c'],
    ['a list for claims', () => `${part({ alg: 'EdDSA' })}.${part([])}.AAAA`],
  ])('is refused with %s, in the words of every refusal', async (_, text) => {
    const { reason, message } = await refusalOf(await text());
    expect(['ASSERTION', 'SIGNATURE']).toContain(reason);
    expect(message).toBe('The client or its credential is not right.');
  });
});
