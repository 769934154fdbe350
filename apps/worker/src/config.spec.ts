import { SINGLE_KEY_STORE_ACCEPTED, UNCHECKED } from '@personr/silence';
import { USUAL_BOUNDS } from '@personr/redaction';
import { readConfig } from './config.js';

const SECRET = 'Marker-3c90';
const GOOD = {
  TENANT_DATABASE_URL: 'postgresql://a:b@localhost/data',
  RELAY_DATABASE_URL: 'postgresql://c:d@localhost/data',
  DIRECTORY_DATABASE_URL: 'postgresql://e:f@localhost/data',
  KEYSTORE_DATABASE_URL: 'postgresql://g:h@localhost/keys',
  KEYRING_DIRECTORIES: '/first:/second',
  OBJECT_STORE_URL: 'file:///objects',
  EVIDENCE_URL: 'file:///evidence',
  LOG_SIGNING_KEY_FILE: '/log.pem',
  REDIS_URL: 'redis://localhost:6379',
};

const refusal = (
  environment: Readonly<Record<string, string | undefined>>,
): { code: string; message: string } => {
  try {
    readConfig(environment);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('the configuration was taken');
};

describe('the configuration of the worker', () => {
  it('is read, with the defaults of what may be left out', () => {
    expect(readConfig(GOOD)).toEqual({
      logLevel: 'info',
      tenantDatabaseUrl: GOOD.TENANT_DATABASE_URL,
      relayDatabaseUrl: GOOD.RELAY_DATABASE_URL,
      directoryDatabaseUrl: GOOD.DIRECTORY_DATABASE_URL,
      keystoreDatabaseUrl: GOOD.KEYSTORE_DATABASE_URL,
      keyringDirectories: ['/first', '/second'],
      keyringTokens: null,
      objectStoreUrl: GOOD.OBJECT_STORE_URL,
      evidenceUrl: GOOD.EVIDENCE_URL,
      logSigningKeyFile: GOOD.LOG_SIGNING_KEY_FILE,
      witnesses: [],
      redisUrl: GOOD.REDIS_URL,
      leaseSeconds: 30,
      redaction: USUAL_BOUNDS,
      endsWithParent: false,
      silence: UNCHECKED,
    });
    expect(readConfig({ ...GOOD, WORKER_LEASE_SECONDS: '5', LOG_LEVEL: 'warn' })).toMatchObject({
      leaseSeconds: 5,
      logLevel: 'warn',
    });
  });

  it('takes a key store without a standby only in so many words', () => {
    const accepting = { ...GOOD, NODE_ENV: 'production', ACCEPT_SINGLE_KEY_STORE: SINGLE_KEY_STORE_ACCEPTED };
    expect(readConfig(accepting).silence).toMatchObject({ isProduction: true, acceptsSingleKeyStore: true });
    for (const value of ['1', 'true', 'yes', SECRET]) {
      const { code, message } = refusal({ ...GOOD, ACCEPT_SINGLE_KEY_STORE: value });
      expect([code, message.includes(SECRET)]).toEqual(['CONFIG_INVALID', false]);
    }
  });

  it.each(Object.keys(GOOD))('is refused without %s, or with nothing in it, by name', (name) => {
    for (const value of [undefined, '']) {
      expect(refusal({ ...GOOD, [name]: value })).toMatchObject({
        code: 'CONFIG_INVALID',
        message: `${name} must be set.`,
      });
    }
  });

  it.each([
    ['TENANT_DATABASE_URL', SECRET],
    ['RELAY_DATABASE_URL', SECRET],
    ['DIRECTORY_DATABASE_URL', SECRET],
    ['KEYSTORE_DATABASE_URL', SECRET],
    ['REDIS_URL', SECRET],
    ['OBJECT_STORE_URL', SECRET],
    ['EVIDENCE_URL', SECRET],
    ['WITNESSES', SECRET],
    ['WITNESSES', `https://${SECRET} ${SECRET}`],
    ['LOG_LEVEL', SECRET],
    ['KEYRING_DIRECTORIES', `/${SECRET}:`],
    ['WORKER_LEASE_SECONDS', SECRET],
    ['WORKER_LEASE_SECONDS', '0'],
    ['WORKER_LEASE_SECONDS', '1.5'],
    ['WORKER_LEASE_SECONDS', '3601'],
    ['WORKER_LEASE_SECONDS', ''],
  ])('is refused with %s=%s, by name and without the value', (name, value) => {
    const { code, message } = refusal({ ...GOOD, [name]: value });
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(name);
    expect(message).not.toContain(SECRET);
  });

  it('takes roots from tokens instead of directories where tokens are given', () => {
    const uri = (label: string) => `pkcs11:token=${label}?module-path=/lib/p11.so&pin-source=file:/pin`;
    const { keyringDirectories, keyringTokens } = readConfig({
      ...GOOD,
      KEYRING_TOKENS: `${uri('a')} ${uri('b')}`,
    });
    expect(keyringDirectories).toEqual([]);
    expect(keyringTokens?.map(({ label }) => label)).toEqual(['a', 'b']);
    expect(() => readConfig({ ...GOOD, KEYRING_TOKENS: 'nothing' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
    );
  });
});
