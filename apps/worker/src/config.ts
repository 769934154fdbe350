import { parseWitnesses, type WitnessAddress } from '@personr/audit';
import { Environment, type Variables } from '@personr/kernel';
import { type RedactorOptions, USUAL_BOUNDS } from '@personr/redaction';
import { readSilence, type SilenceOptions } from '@personr/silence';
import { type KeyringPlaces, readKeyring } from '@personr/vault';

/** Everything this process is told from outside. */
export type WorkerConfig = KeyringPlaces & {
  readonly logLevel: string;
  readonly tenantDatabaseUrl: string;
  readonly relayDatabaseUrl: string;
  readonly directoryDatabaseUrl: string;
  readonly keystoreDatabaseUrl: string;
  /** Where documents rest: `file:///directory` or `s3://bucket?region=...&endpoint=...`. */
  readonly objectStoreUrl: string;
  /** Where evidence goes that has to outlive the data database: `file:///directory` or `s3://bucket?region=...&endpoint=...`. */
  readonly evidenceUrl: string;
  readonly logSigningKeyFile: string;
  /** Who cosigns the meta-log, from outside the house. */
  readonly witnesses: readonly WitnessAddress[];
  readonly redisUrl: string;
  /** After how many seconds the work of a worker that died may be taken over by another. */
  readonly leaseSeconds: number;
  /** How much the process may take that looks into documents for consumers. */
  readonly redaction: RedactorOptions;
  readonly endsWithParent: boolean;
  /** What is checked at the start about what may be written down on the side. */
  readonly silence: SilenceOptions;
};

/** Reads the environment. Throws `CONFIG_INVALID`, naming the variable and never its value. */
export function readConfig(environment: Variables = process.env): WorkerConfig {
  const told = new Environment(environment);
  return {
    logLevel: told.logLevel(),
    tenantDatabaseUrl: told.url('TENANT_DATABASE_URL'),
    relayDatabaseUrl: told.url('RELAY_DATABASE_URL'),
    directoryDatabaseUrl: told.url('DIRECTORY_DATABASE_URL'),
    keystoreDatabaseUrl: told.url('KEYSTORE_DATABASE_URL'),
    ...readKeyring(environment),
    objectStoreUrl: told.url('OBJECT_STORE_URL'),
    evidenceUrl: told.url('EVIDENCE_URL'),
    logSigningKeyFile: told.text('LOG_SIGNING_KEY_FILE'),
    witnesses: parseWitnesses(environment.WITNESSES ?? ''),
    redisUrl: told.url('REDIS_URL'),
    leaseSeconds: told.count('WORKER_LEASE_SECONDS', { otherwise: 30, most: 3_600 }),
    redaction: USUAL_BOUNDS,
    endsWithParent: environment.PERSONR_PARENT_PIPE === '1',
    silence: readSilence(environment),
  };
}
