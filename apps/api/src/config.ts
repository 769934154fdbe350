import { type KeySetFetching } from '@personr/access';
import { configInvalid, Environment, type Variables } from '@personr/kernel';
import { readSilence, type SilenceOptions } from '@personr/silence';
import { type KeyringPlaces, readKeyring } from '@personr/vault';
import { trustedProxiesOf } from './http/trusted-proxies.js';
import { type BodyDeadlines } from './http/body-deadlines.js';
import { readUploads, type UploadsConfig } from './documents/uploads.config.js';
import { type RatesConfig, readRates } from './rates/rates.config.js';

/** Everything this process is told from outside. */
export type ApiConfig = KeyringPlaces & {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly logLevel: string;
  readonly tenantDatabaseUrl: string;
  readonly relayDatabaseUrl: string;
  readonly directoryDatabaseUrl: string;
  readonly keystoreDatabaseUrl: string;
  /** Where documents rest: `file:///directory` or `s3://bucket?region=...&endpoint=...`. */
  readonly objectStoreUrl: string;
  readonly tokenKeyFile: string;
  readonly redisUrl: string;
  readonly rates: RatesConfig;
  readonly uploads: UploadsConfig;
  /** How long a body may take; as `keepBodiesInTime` says when left out. Not read from the environment. */
  readonly bodyDeadlines?: BodyDeadlines | undefined;
  /** Addresses and networks whose word on the caller's address is taken (`X-Forwarded-For`). */
  readonly trustedProxies: readonly string[];
  readonly endsWithParent: boolean;
  /** What is checked at the start about what may be written down on the side. */
  readonly silence: SilenceOptions;
  /** Where key sets may be fetched from beside the internet. Only a test says so; no variable of the environment does. */
  readonly keySets?: KeySetFetching;
};

/** Reads the environment. Throws `CONFIG_INVALID`, naming the variable and never its value. */
export function readConfig(environment: Variables = process.env): ApiConfig {
  const told = new Environment(environment);
  return {
    host: environment.HOST ?? '127.0.0.1',
    port: portOf(told.text('PORT')),
    publicUrl: issuerOf(told.url('PUBLIC_URL')),
    logLevel: told.logLevel(),
    tenantDatabaseUrl: told.url('TENANT_DATABASE_URL'),
    relayDatabaseUrl: told.url('RELAY_DATABASE_URL'),
    directoryDatabaseUrl: told.url('DIRECTORY_DATABASE_URL'),
    keystoreDatabaseUrl: told.url('KEYSTORE_DATABASE_URL'),
    ...readKeyring(environment),
    objectStoreUrl: told.url('OBJECT_STORE_URL'),
    tokenKeyFile: told.text('TOKEN_KEY_FILE'),
    redisUrl: told.url('REDIS_URL'),
    rates: readRates(told),
    uploads: readUploads(told),
    trustedProxies: trustedProxiesOf(environment.TRUSTED_PROXIES),
    endsWithParent: environment.PERSONR_PARENT_PIPE === '1',
    silence: readSilence(environment),
  };
}

/** Throws `CONFIG_INVALID` for a configuration that is open where only a test's may be. */
export function refuseOpenings({ keySets }: ApiConfig, { NODE_ENV }: Variables = process.env): void {
  if (keySets !== undefined && NODE_ENV === 'production') {
    throw configInvalid('In production, key sets are fetched from the internet only.');
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw configInvalid('PORT must be a port number.');
  return port;
}

/**
 * RFC 8414, section 2: our issuer identifier, an https URL without query and fragment. It is an origin, so that the
 * well-known documents are below it; http is for this machine alone.
 */
function issuerOf(text: string): string {
  const { protocol, hostname, origin, href } = new URL(text);
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if ((protocol !== 'https:' && !(protocol === 'http:' && isLocal)) || href !== `${origin}/`) {
    throw configInvalid('PUBLIC_URL must be an https origin, as in https://api.personr.example.');
  }
  return origin;
}
