import { hashClientSecret, newClientSecret, secretMatches } from './client-secret.js';
import { isScope, SCOPES } from './scope.js';

describe('a client secret', () => {
  it('is 256 random bits in 43 URL-safe characters', () => {
    const secrets = Array.from({ length: 500 }, newClientSecret);
    expect(new Set(secrets).size).toBe(500);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('is kept as its SHA-256 (vector of FIPS 180-4)', () => {
    expect(Buffer.from(hashClientSecret('abc')).toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('matches its own hash, and nothing else does', () => {
    const secret = newClientSecret();
    const hash = hashClientSecret(secret);
    expect(secretMatches(secret, [hash])).toBe(true);
    for (const other of ['', secret.slice(1), `${secret} `, secret.toUpperCase(), newClientSecret()]) {
      expect(secretMatches(other, [hash])).toBe(false);
    }
  });
});

describe('two secrets at once', () => {
  it('are both good, and no third', () => {
    const [first, second, third] = [newClientSecret(), newClientSecret(), newClientSecret()];
    const hashes = [hashClientSecret(first), hashClientSecret(second)];
    expect([first, second, third, ''].map((secret) => secretMatches(secret, hashes))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(secretMatches(first, [])).toBe(false);
  });
});

describe('scopes', () => {
  it('are a closed list', () => {
    expect(SCOPES.every(isScope)).toBe(true);
    expect(['', 'admin ', 'ADMIN', 'subjects:*', 'toString'].some(isScope)).toBe(false);
  });
});
