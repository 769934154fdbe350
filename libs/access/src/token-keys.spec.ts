import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDirectory } from '@personr/testkit';
import { TokenKeys } from './token-keys.js';

const PKCS8 = { type: 'pkcs8', format: 'pem' } as const;
const SPKI = { type: 'spki', format: 'pem' } as const;

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('the keys of access tokens', () => {
  let directory: string;

  beforeEach(() => {
    directory = tempDirectory('token-keys');
  });

  const write = (name: string, text: string | Buffer, mode = 0o600): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  const writeKey = (name: string, pair = p256()): string => write(name, pair.privateKey.export(PKCS8));
  const kidOf = (file: string): string => TokenKeys.read(file).signer.kid;

  it('are one file: it signs and verifies', () => {
    const file = writeKey('token.pem');
    const keys = TokenKeys.read(file);
    expect(keys.verifierOf(keys.signer.kid)?.type).toBe('public');
    expect(keys.verifierOf('another')).toBeNull();
    expect(keys.published()).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        x: expect.stringMatching(/^[\w-]{43}$/) as unknown,
        y: expect.stringMatching(/^[\w-]{43}$/) as unknown,
        kid: keys.signer.kid,
        use: 'sig',
        alg: 'ES256',
      },
    ]);
  });

  it('are the .pem files of a directory: the last by name signs, all verify, and all are published', () => {
    const old = kidOf(writeKey('2026-10.pem'));
    const young = kidOf(writeKey('2026-11.pem'));
    write('README', 'not a key', 0o644);
    const keys = TokenKeys.read(directory);
    expect(keys.signer.kid).toBe(young);
    expect(keys.published().map(({ kid }) => kid)).toEqual([old, young]);
    for (const kid of [old, young]) expect(keys.verifierOf(kid)).not.toBeNull();
  });

  it('are a list with colons between: the last signs', () => {
    const [first, second] = [writeKey('b.pem'), writeKey('a.pem')];
    expect(TokenKeys.read(`${first}:${second}`).signer.kid).toBe(kidOf(second));
  });

  it('may come as public halves, ahead of time or after it: those verify and do not sign', () => {
    const next = p256();
    const now = kidOf(writeKey('2026-11.pem'));
    write('2026-12.pem', next.publicKey.export(SPKI), 0o644);
    const keys = TokenKeys.read(directory);
    expect(keys.signer.kid).toBe(now);
    expect(keys.published()).toHaveLength(2);
  });

  it.each([0o640, 0o604, 0o660, 0o620])(
    'stop the start when others have a right to a private one: %o',
    (mode) => {
      writeKey('2026-10.pem');
      const file = writeKey('2026-11.pem');
      chmodSync(file, mode);
      for (const place of [file, directory]) {
        expect(() => TokenKeys.read(place)).toThrow(
          expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
        );
      }
    },
  );

  it('stop the start when others may change a public one', () => {
    writeKey('2026-11.pem');
    write('2026-12.pem', p256().publicKey.export(SPKI), 0o646);
    expect(() => TokenKeys.read(directory)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
    );
  });

  it.each([
    ['another kind of key', () => generateKeyPairSync('ed25519').privateKey.export(PKCS8)],
    ['another curve', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export(PKCS8)],
    ['no key', () => 'Marker'],
    ['a broken key', () => '-----BEGIN PRIVATE KEY-----\nMarker\n-----END PRIVATE KEY-----\n'],
    ['nothing to sign with', () => p256().publicKey.export(SPKI)],
  ])('stop the start with %s, which is not quoted', (_, text) => {
    const file = write('token.pem', text());
    expect(() => TokenKeys.read(file)).toThrow(
      expect.objectContaining({
        code: 'KEY_MALFORMED',
        message: expect.not.stringContaining('Marker') as unknown,
      }) as Error,
    );
  });

  it('stop the start when the directory is empty', () => {
    expect(() => TokenKeys.read(directory)).toThrow(
      expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error,
    );
  });
});
