import { generateKeyPairSync, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@personr/kernel';
import { SettableClock } from '@personr/kernel/testing';
import { tempDirectory } from '@personr/testkit';
import { AccessTokens, TOKEN_SECONDS, type TokenClaims } from './access-tokens.js';
import { type Grant } from './grant.js';

const PKCS8 = { type: 'pkcs8', format: 'pem' } as const;
const ISSUER = 'https://api.personr.example';

const read = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as TokenClaims & { typ: string; kid: string };

describe('an access token', () => {
  const clock = new SettableClock('2026-11-23T18:00:00.400Z');
  const keyFile = join(tempDirectory('tokens'), 'token.pem');
  const grant: Grant = {
    tenantId: newId(clock.now()),
    clientId: newId(clock.now()),
    scopes: ['subjects:read', 'instructions:write'],
  };
  let tokens: AccessTokens;

  beforeAll(() => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(keyFile, privateKey.export(PKCS8), { mode: 0o600 });
    tokens = new AccessTokens({ keyFile, issuer: ISSUER }, clock);
  });

  beforeEach(() => {
    clock.set('2026-11-23T18:00:00.400Z');
  });

  const issued = async () => {
    const [header = '', claims = '', signature = ''] = (await tokens.issue(grant)).split('.');
    return { header, claims, signature };
  };

  it('says whose it is, what it may do and until when, by the clock of the house', async () => {
    const { claims } = await issued();
    const iat = Date.parse('2026-11-23T18:00:00Z') / 1000;
    expect(read(claims)).toEqual({
      iss: ISSUER,
      aud: ISSUER,
      sub: grant.clientId,
      client_id: `${grant.tenantId}.${grant.clientId}`,
      tenant: grant.tenantId,
      scope: 'subjects:read instructions:write',
      iat,
      exp: iat + TOKEN_SECONDS,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
  });

  it('is signed with ES256 by the key whose public half is given', async () => {
    const { header, claims, signature } = await issued();
    const [published] = tokens.publishedKeys();
    expect(read(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: published?.kid });
    const publicKey = tokens.verifierOf(read(header));
    if (publicKey === null) throw new Error('nobody verifies it');
    const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
    const good = Buffer.from(signature, 'base64url');
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), key, good)).toBe(true);
    expect(verify('sha256', Buffer.from(`${header}.${claims}x`), key, good)).toBe(false);
  });

  it('is verified by no key of another name, and as nothing but an access token', () => {
    const [{ kid } = { kid: '' }] = tokens.publishedKeys();
    expect(tokens.verifierOf({ typ: 'at+jwt', kid })?.type).toBe('public');
    for (const header of [
      { kid },
      { typ: 'JWT', kid },
      { typ: 'at+jwt' },
      { typ: 'at+jwt', kid: `${kid}x` },
    ]) {
      expect(tokens.verifierOf(header)).toBeNull();
    }
  });

  it('has a name of its own, each time', async () => {
    const names = await Promise.all(
      Array.from({ length: 20 }, async () => read((await issued()).claims).jti),
    );
    expect(new Set(names).size).toBe(20);
  });

  it('grants what it says until the last millisecond of ten minutes, and then nothing', async () => {
    const claims = read((await issued()).claims);
    clock.set(new Date(claims.exp * 1000 - 1));
    expect(tokens.grantOf(claims)).toEqual(grant);
    clock.set(new Date(claims.exp * 1000));
    expect(() => tokens.grantOf(claims)).toThrow(expect.objectContaining({ code: 'TOKEN_EXPIRED' }) as Error);
  });

  it.each([['tenant'], ['sub']])('grants nothing when %s is not an id', async (member) => {
    const claims = { ...read((await issued()).claims), [member]: 'not-an-id' };
    expect(() => tokens.grantOf(claims)).toThrow(
      expect.objectContaining({ code: 'CREDENTIAL_INVALID' }) as Error,
    );
  });

  it('grants no scope that we do not know', async () => {
    const claims = { ...read((await issued()).claims), scope: 'subjects:read root  admin' };
    expect(tokens.grantOf(claims).scopes).toEqual(['subjects:read', 'admin']);
  });

  it.each([
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey],
    ['another curve', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey],
  ])('is not signed with a key of %s', (_, make) => {
    const other = join(tempDirectory('tokens'), 'other.pem');
    writeFileSync(other, make().export(PKCS8), { mode: 0o600 });
    expect(() => new AccessTokens({ keyFile: other, issuer: ISSUER }, clock)).toThrow(
      expect.objectContaining({ code: 'KEY_MALFORMED' }) as Error,
    );
  });
});
