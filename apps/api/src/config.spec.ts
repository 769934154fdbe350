import { SINGLE_KEY_STORE_ACCEPTED, UNCHECKED } from '@personr/silence';
import { readConfig, refuseOpenings } from './config.js';
import { DEFAULT_UPLOADS } from './documents/uploads.config.js';
import { DEFAULT_RATES } from './rates/rates.config.js';

const SECRET = 'Marker-3c90';
const GOOD = {
  PORT: '8080',
  PUBLIC_URL: 'https://api.personr.example',
  TENANT_DATABASE_URL: 'postgresql://a:b@localhost/data',
  RELAY_DATABASE_URL: 'postgresql://c:d@localhost/data',
  DIRECTORY_DATABASE_URL: 'postgresql://e:f@localhost/data',
  KEYSTORE_DATABASE_URL: 'postgresql://g:h@localhost/keys',
  KEYRING_DIRECTORIES: '/first:/second',
  OBJECT_STORE_URL: 'file:///objects',
  TOKEN_KEY_FILE: '/token.pem',
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

describe('the configuration of the api', () => {
  it('is read, with the defaults of what may be left out', () => {
    expect(readConfig(GOOD)).toEqual({
      host: '127.0.0.1',
      port: 8080,
      publicUrl: GOOD.PUBLIC_URL,
      logLevel: 'info',
      tenantDatabaseUrl: GOOD.TENANT_DATABASE_URL,
      relayDatabaseUrl: GOOD.RELAY_DATABASE_URL,
      directoryDatabaseUrl: GOOD.DIRECTORY_DATABASE_URL,
      keystoreDatabaseUrl: GOOD.KEYSTORE_DATABASE_URL,
      keyringDirectories: ['/first', '/second'],
      keyringTokens: null,
      objectStoreUrl: GOOD.OBJECT_STORE_URL,
      tokenKeyFile: GOOD.TOKEN_KEY_FILE,
      redisUrl: GOOD.REDIS_URL,
      rates: DEFAULT_RATES,
      uploads: DEFAULT_UPLOADS,
      trustedProxies: [],
      endsWithParent: false,
      silence: UNCHECKED,
    });
    expect(
      readConfig({ ...GOOD, HOST: '::', LOG_LEVEL: 'debug', PORT: '0', PERSONR_PARENT_PIPE: '1' }),
    ).toMatchObject({
      host: '::',
      logLevel: 'debug',
      port: 0,
      endsWithParent: true,
    });
  });

  it('takes limits and trusted proxies that the environment names', () => {
    const named = {
      RATE_WINDOW_SECONDS: '60',
      RATE_CREDENTIAL_REQUESTS: '1',
      RATE_TENANT_REQUESTS: '2',
      RATE_TOKEN_CLIENT_REQUESTS: '3',
      RATE_TOKEN_ADDRESS_REQUESTS: '4',
      UPLOADS_PER_CREDENTIAL: '1',
      UPLOADS_PER_TENANT: '2',
      UPLOADS_PER_PROCESS: '3',
      TRUSTED_PROXIES: '10.0.0.0/8,2001:db8::1',
    };
    expect(readConfig({ ...GOOD, ...named })).toMatchObject({
      rates: {
        windowSeconds: 60,
        credentialRequests: 1,
        tenantRequests: 2,
        tokenClientRequests: 3,
        tokenAddressRequests: 4,
      },
      uploads: { perCredential: 1, perTenant: 2, perProcess: 3 },
      trustedProxies: ['10.0.0.0/8', '2001:db8::1'],
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
    ['PORT', SECRET],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', ' '],
    ['PORT', '0x50'],
    ['PUBLIC_URL', SECRET],
    ['PUBLIC_URL', `http://${SECRET}.example`],
    ['PUBLIC_URL', `https://a.example/${SECRET}`],
    ['PUBLIC_URL', `https://a.example?${SECRET}`],
    ['PUBLIC_URL', `https://a.example/#${SECRET}`],
    ['PUBLIC_URL', `https://${SECRET}@a.example`],
    ['TENANT_DATABASE_URL', SECRET],
    ['RELAY_DATABASE_URL', SECRET],
    ['DIRECTORY_DATABASE_URL', SECRET],
    ['KEYSTORE_DATABASE_URL', SECRET],
    ['REDIS_URL', SECRET],
    ['OBJECT_STORE_URL', SECRET],
    ['LOG_LEVEL', SECRET],
    ['RATE_WINDOW_SECONDS', SECRET],
    ['RATE_CREDENTIAL_REQUESTS', '0'],
    ['RATE_TENANT_REQUESTS', '1.5'],
    ['RATE_TOKEN_CLIENT_REQUESTS', ''],
    ['RATE_TOKEN_ADDRESS_REQUESTS', '-1'],
    ['UPLOADS_PER_CREDENTIAL', '0'],
    ['UPLOADS_PER_TENANT', SECRET],
    ['UPLOADS_PER_PROCESS', ''],
    ['TRUSTED_PROXIES', SECRET],
    ['TRUSTED_PROXIES', '10.0.0.0/33'],
    ['KEYRING_DIRECTORIES', `/${SECRET}:`],
    ['KEYRING_DIRECTORIES', `/${SECRET}::/b`],
  ])('is refused with %s=%s, by name and without the value', (name, value) => {
    const { code, message } = refusal({ ...GOOD, [name]: value });
    expect(code).toBe('CONFIG_INVALID');
    expect(message).toContain(name);
    expect(message).not.toContain(SECRET);
  });

  it('names us by an origin, without a trailing slash (RFC 8414); http is for this machine alone', () => {
    const urlOf = (url: string) => readConfig({ ...GOOD, PUBLIC_URL: url }).publicUrl;
    expect(urlOf('https://api.personr.example/')).toBe('https://api.personr.example');
    expect(urlOf('http://127.0.0.1:3000')).toBe('http://127.0.0.1:3000');
  });

  it('opens no network to key sets by any variable, and none at all in production', () => {
    const config = readConfig({ ...GOOD, KEY_SETS: '127.0.0.0/8', NODE_ENV: 'test' });
    expect(config.keySets).toBeUndefined();
    const opened = { ...config, keySets: { networks: ['127.0.0.0/8'] } };
    refuseOpenings(opened, { NODE_ENV: 'test' });
    refuseOpenings(config, { NODE_ENV: 'production' });
    expect(() => {
      refuseOpenings(opened, { NODE_ENV: 'production' });
    }).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error);
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
