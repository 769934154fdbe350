import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { parseKeySet, pickKeys, thumbprintOf } from './key-set.js';

type Members = Record<string, unknown>;

const jwkOf = (key: KeyObject, kid: string): Members => ({ ...key.export({ format: 'jwk' }), kid });
const ed = generateKeyPairSync('ed25519');
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const ED = jwkOf(ed.publicKey, 'ed');
const EC = jwkOf(p256.publicKey, 'ec');
const RSA = jwkOf(rsa.publicKey, 'rsa');

const refusal = (read: () => unknown): { code: string; message: string } => {
  try {
    read();
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('the key set was taken');
};

describe('a key set', () => {
  it('holds keys of three kinds, each with the one algorithm of its kind, and nothing else of them', () => {
    const sent = [
      { ...ED, use: 'sig', alg: 'EdDSA', x5u: 'https://other.example', note: 'Ada Invented' },
      { ...EC, key_ops: ['verify'] },
      RSA,
      { ...ED, kid: 'ed-2', alg: 'Ed25519' },
    ];
    expect(parseKeySet({ keys: sent, comment: 'mine' })).toEqual([
      { ...ED, alg: 'EdDSA' },
      { ...EC, alg: 'ES256' },
      { ...RSA, alg: 'RS256' },
      { ...ED, alg: 'EdDSA', kid: 'ed-2' },
    ]);
  });

  it.each([
    ['Ed25519', jwkOf(ed.privateKey, 'ed')],
    ['P-256', jwkOf(p256.privateKey, 'ec')],
    ['RSA', jwkOf(rsa.privateKey, 'rsa')],
    ['a shared secret', { kty: 'oct', k: 'c2VjcmV0', kid: 'k' }],
    ['another kind with a private member', { ...EC, crv: 'P-521', d: 'c2VjcmV0' }],
  ])('is refused with a private key of %s in it, by value and published, and quotes nothing', (_, key) => {
    for (const read of [parseKeySet, pickKeys]) {
      const { code, message } = refusal(() => read({ keys: [ED, key] }));
      expect([code, message]).toEqual(['KEY_SET_REFUSED', expect.stringContaining('public keys only')]);
      for (const member of ['d', 'k', 'p']) expect(message).not.toContain(String(key[member]));
    }
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [ED]],
    ['keys that are no list', { keys: ED }],
    ['a key that is null', { keys: [null] }],
    ['no key', { keys: [] }],
    ['eleven keys', { keys: Array.from({ length: 11 }, (_, place) => ({ ...ED, kid: String(place) })) }],
    ['two keys of one kid', { keys: [ED, { ...EC, kid: 'ed' }] }],
    ['no kid', { keys: [{ ...ED, kid: undefined }] }],
    ['an empty kid', { keys: [{ ...ED, kid: '' }] }],
    ['a kid that is a number', { keys: [{ ...ED, kid: 7 }] }],
    ['a kid with a blank', { keys: [{ ...ED, kid: 'a b' }] }],
    ['a key for encryption', { keys: [{ ...ED, use: 'enc' }] }],
    ['a key that may not verify', { keys: [{ ...ED, key_ops: ['encrypt'] }] }],
    ['the algorithm of another kind', { keys: [{ ...EC, alg: 'EdDSA' }] }],
    ['HS256', { keys: [{ ...RSA, alg: 'HS256' }] }],
    ['PS256', { keys: [{ ...RSA, alg: 'PS256' }] }],
    ['P-384', { keys: [jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, 'k')] }],
    ['X25519', { keys: [jwkOf(generateKeyPairSync('x25519').publicKey, 'k')] }],
    [
      'RSA of 1024 bits',
      { keys: [jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey, 'k')] },
    ],
    ['RSA of exponent 3', { keys: [{ ...RSA, e: 'Aw' }] }],
    ['RSA beyond 4096 bits', { keys: [{ ...RSA, n: Buffer.alloc(513, 0xff).toString('base64url') }] }],
    ['a point that is not on the curve', { keys: [{ ...EC, x: EC.y, y: EC.x }] }],
    ['half a point', { keys: [{ ...EC, y: undefined }] }],
    ['Ed25519 of 31 bytes', { keys: [{ ...ED, x: Buffer.alloc(31, 1).toString('base64url') }] }],
    ['members that are no text', { keys: [{ ...ED, x: { toString: 'x' } }] }],
    ['a kind that is no text', { keys: [{ ...ED, kty: { toString: 'x' } }] }],
    ['a curve that is no text', { keys: [{ ...ED, crv: { toString: 'x' } }] }],
    ['members that are not base64url', { keys: [{ ...ED, x: `${String(ED.x)}=` }] }],
  ])('is refused by value with %s', (_, value) => {
    expect(refusal(() => parseKeySet(value))).toMatchObject({ code: 'KEY_SET_REFUSED' });
  });

  it('that is published may hold more than we use (RFC 7517, section 5), but not nothing', () => {
    const others = [
      { kty: 'AKP', alg: 'ML-DSA-44', kid: 'pq' },
      { ...EC, use: 'enc', kid: 'e' },
      { kty: 'EC' },
    ];
    expect(pickKeys({ keys: [...others, ED] })).toEqual([{ ...ED, alg: 'EdDSA' }]);
    expect(refusal(() => pickKeys({ keys: others }))).toMatchObject({ code: 'KEY_SET_REFUSED' });
  });

  it('has thumbprints as others make them (RFC 7638)', async () => {
    for (const key of parseKeySet({ keys: [ED, EC, RSA] })) {
      expect(thumbprintOf(key)).toBe(await calculateJwkThumbprint(key as unknown as JWK));
    }
  });
});
