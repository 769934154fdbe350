import { isNetwork } from '@personr/access';
import { parseWitnesses, type WitnessAddress } from '@personr/audit';
import { type DeliveryOptions } from '@personr/delivery';
import { DomainError } from '@personr/kernel';
import { parseTokenUri, type TokenAddress } from '@personr/vault';
import { readSilence, type SilenceOptions } from '@personr/silence';

/** Everything this process is told from outside. */
export type WorkerConfig = {
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
  /** Where evidence goes that has to outlive the data database: `file:///directory` or `s3://bucket?region=...&endpoint=...`. */
  readonly evidenceUrl: string;
  readonly logSigningKeyFile: string;
  /** Who cosigns the meta-log, from outside the house. */
  readonly witnesses: readonly WitnessAddress[];
  readonly redisUrl: string;
  /** Where endpoints of tenants may be beside the open internet. */
  readonly endpoints: DeliveryOptions;
  /** After how many seconds the work of a worker that died may be taken over by another. */
  readonly leaseSeconds: number;
  readonly endsWithParent: boolean;
  /** What is checked at the start about what may be written down on the side. */
  readonly silence: SilenceOptions;
};

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Reads the environment. Throws `CONFIG_INVALID`, naming the variable and never its value. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): WorkerConfig {
  const need = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') throw invalid(`${name} must be set.`);
    return value;
  };
  const url = (name: string): string => {
    const value = need(name);
    if (!URL.canParse(value)) throw invalid(`${name} must be a URL.`);
    return value;
  };
  return {
    logLevel: levelOf(environment.LOG_LEVEL ?? 'info'),
    tenantDatabaseUrl: url('TENANT_DATABASE_URL'),
    relayDatabaseUrl: url('RELAY_DATABASE_URL'),
    directoryDatabaseUrl: url('DIRECTORY_DATABASE_URL'),
    keystoreDatabaseUrl: url('KEYSTORE_DATABASE_URL'),
    ...keyringOf(need, environment.KEYRING_TOKENS),
    objectStoreUrl: url('OBJECT_STORE_URL'),
    evidenceUrl: url('EVIDENCE_URL'),
    logSigningKeyFile: need('LOG_SIGNING_KEY_FILE'),
    witnesses: parseWitnesses(environment.WITNESSES ?? ''),
    redisUrl: url('REDIS_URL'),
    endpoints: { networks: networksOf(environment.ENDPOINT_NETWORKS ?? '') },
    leaseSeconds: secondsOf('WORKER_LEASE_SECONDS', environment.WORKER_LEASE_SECONDS ?? '30'),
    endsWithParent: environment.PERSONR_PARENT_PIPE === '1',
    silence: readSilence(environment),
  };
}

const invalid = (sentence: string): DomainError => new DomainError('CONFIG_INVALID', sentence);

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

function networksOf(text: string): string[] {
  const networks = text === '' ? [] : text.split(',').map((network) => network.trim());
  if (!networks.every(isNetwork))
    throw invalid('ENDPOINT_NETWORKS must be networks with commas between, as in 10.2.0.0/16.');
  return networks;
}

function levelOf(text: string): string {
  if (!LEVELS.includes(text)) throw invalid(`LOG_LEVEL must be one of ${LEVELS.join(', ')}.`);
  return text;
}

function secondsOf(name: string, text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3600) {
    throw invalid(`${name} must be a whole number of seconds, 1 to 3600.`);
  }
  return seconds;
}
