import { type KeySetFetching } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { parseTokenUri, type TokenAddress } from '@personr/vault';
import { readSilence, type SilenceOptions } from '@personr/silence';
import { trustedProxiesOf } from './http/trusted-proxies.js';
import { type BodyDeadlines } from './http/body-deadlines.js';
import { readUploads, type UploadsConfig } from './documents/uploads.config.js';
import { type RatesConfig, readRates } from './rates/rates.config.js';

/** Everything this process is told from outside. */
export type ApiConfig = {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly logLevel: string;
  readonly tenantDatabaseUrl: string;
  readonly relayDatabaseUrl: string;
  readonly directoryDatabaseUrl: string;
  readonly keystoreDatabaseUrl: string;
  readonly keyringDirectories: readonly string[];
  /** Where the roots are instead, when they are on tokens: PKCS#11 URIs (RFC 7512) with spaces between. */
  readonly keyringTokens: readonly TokenAddress[] | null;
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

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads the environment. Throws `CONFIG_INVALID`, naming the variable and never its value. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ApiConfig {
  const need = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw invalid(`${name} must be set.`);
    return value;
  };
  return {
    host: environment.HOST ?? '127.0.0.1',
    port: portOf(need('PORT')),
    publicUrl: issuerOf(need('PUBLIC_URL')),
    logLevel: levelOf(environment.LOG_LEVEL ?? 'info'),
    tenantDatabaseUrl: urlOf('TENANT_DATABASE_URL', need('TENANT_DATABASE_URL')),
    relayDatabaseUrl: urlOf('RELAY_DATABASE_URL', need('RELAY_DATABASE_URL')),
    directoryDatabaseUrl: urlOf('DIRECTORY_DATABASE_URL', need('DIRECTORY_DATABASE_URL')),
    keystoreDatabaseUrl: urlOf('KEYSTORE_DATABASE_URL', need('KEYSTORE_DATABASE_URL')),
    ...keyringOf(need, environment.KEYRING_TOKENS),
    objectStoreUrl: urlOf('OBJECT_STORE_URL', need('OBJECT_STORE_URL')),
    tokenKeyFile: need('TOKEN_KEY_FILE'),
    redisUrl: urlOf('REDIS_URL', need('REDIS_URL')),
    rates: readRates(environment),
    uploads: readUploads(environment),
    trustedProxies: trustedProxiesOf(environment.TRUSTED_PROXIES),
    endsWithParent: environment.PERSONR_PARENT_PIPE === '1',
    silence: readSilence(environment),
  };
}

/** Throws `CONFIG_INVALID` for a configuration that is open where only a test's may be. */
export function refuseOpenings(
  { keySets }: ApiConfig,
  { NODE_ENV }: Readonly<Record<string, string | undefined>> = process.env,
): void {
  if (keySets !== undefined && NODE_ENV === 'production') {
    throw invalid('In production, key sets are fetched from the internet only.');
  }
}

const invalid = (sentence: string): DomainError => new DomainError('CONFIG_INVALID', sentence);

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw invalid('PORT must be a port number.');
  return port;
}

type Keyring = { keyringDirectories: readonly string[]; keyringTokens: readonly TokenAddress[] | null };

function keyringOf(need: (name: string) => string, tokens: string | undefined): Keyring {
  return tokens === undefined
    ? { keyringDirectories: directoriesOf(need('KEYRING_DIRECTORIES')), keyringTokens: null }
    : { keyringDirectories: [], keyringTokens: tokens.trim().split(/\s+/).map(parseTokenUri) };
}

function directoriesOf(text: string): string[] {
  const directories = text.split(':');
  if (directories.includes(''))
    throw invalid('KEYRING_DIRECTORIES must be directories with a colon between.');
  return directories;
}

function urlOf(name: string, text: string): string {
  if (!URL.canParse(text)) throw invalid(`${name} must be a URL.`);
  return text;
}

/**
 * RFC 8414, section 2: our issuer identifier, an https URL without query and fragment. It is an origin, so that the
 * well-known documents are below it; http is for this machine alone.
 */
function issuerOf(text: string): string {
  const { protocol, hostname, origin, href } = new URL(urlOf('PUBLIC_URL', text));
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
  if ((protocol !== 'https:' && !(protocol === 'http:' && isLocal)) || href !== `${origin}/`) {
    throw invalid('PUBLIC_URL must be an https origin, as in https://api.personr.example.');
  }
  return origin;
}

function levelOf(text: string): string {
  if (!LEVELS.includes(text)) throw invalid(`LOG_LEVEL must be one of ${LEVELS.join(', ')}.`);
  return text;
}
