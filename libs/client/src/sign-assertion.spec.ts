import { type CryptoKey, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { type PrivateJwk, signAssertion, type SigningKey } from './sign-assertion.js';

const NOW = new Date('2026-11-25T18:00:00.400Z');
const WHO = { clientId: 'tenant.client', audience: 'https://api.personr.example', now: NOW };

describe.each(['EdDSA', 'ES256', 'RS256'])('an assertion signed with %s', (alg) => {
  let publicKey: CryptoKey;
  let privateKey: CryptoKey;
  let jwk: PrivateJwk;

  beforeAll(async () => {
    ({ publicKey, privateKey } = await generateKeyPair(alg, { extractable: true }));
    jwk = { ...(await exportJWK(privateKey)), kid: 'mine' };
  });

  const verify = (text: string) =>
    jwtVerify(text, publicKey, { algorithms: [alg], currentDate: NOW, issuer: WHO.clientId });

  it.each([
    ['a JWK', () => jwk],
    ['a JWK that says what else it is for', () => ({ ...jwk, use: 'sig', alg, key_ops: ['sign'] })],
    ['a key of WebCrypto', () => privateKey as unknown as SigningKey],
  ])('verifies elsewhere when it was made with %s', async (_, key) => {
    const { payload, protectedHeader } = await verify(await signAssertion(WHO, key(), 'this'));
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: 'this' });
    const iat = Date.parse('2026-11-25T18:00:00Z') / 1000;
    expect(payload).toEqual({
      iss: WHO.clientId,
      sub: WHO.clientId,
      aud: WHO.audience,
      iat,
      exp: iat + 60,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
  });

  it('names the key as its JWK does, and has a jti of its own each time', async () => {
    const proofs = await Promise.all([1, 2, 3].map(async () => verify(await signAssertion(WHO, jwk))));
    expect(proofs.map(({ protectedHeader }) => protectedHeader.kid)).toEqual(['mine', 'mine', 'mine']);
    expect(new Set(proofs.map(({ payload }) => payload.jti)).size).toBe(3);
  });
});

it.each([{ kty: 'EC', crv: 'P-384' }, { kty: 'oct' }, {}])('no other key signs: %j', async (key) => {
  await expect(signAssertion(WHO, key)).rejects.toBeInstanceOf(TypeError);
});
