import { type OwnerEnvironment } from '@personr/ops';
import pg from 'pg';
import { type House } from './house.js';

/** What an operator's command is told of this house. */
export const ownerEnvironmentOf = ({
  databases,
  keyringDirectories,
  workerConfig,
}: House): OwnerEnvironment => ({
  TENANT_DATABASE_URL: databases.tenantUrl,
  RELAY_DATABASE_URL: databases.relayUrl,
  DIRECTORY_DATABASE_URL: databases.directoryUrl,
  KEYSTORE_DATABASE_URL: databases.keystoreUrl,
  KEYRING_DIRECTORIES: keyringDirectories.join(':'),
  LOG_SIGNING_KEY_FILE: workerConfig.logSigningKeyFile,
  OBJECT_STORE_URL: workerConfig.objectStoreUrl,
  EVIDENCE_URL: workerConfig.evidenceUrl,
  DATA_OWNER_URL: databases.ownerUrl,
});

/**
 * Copies of the whole data database, made by no tool of ours: whatever an operator uses. Whoever is connected meanwhile
 * is put out.
 */
export class OlderData {
  private readonly name: string;
  private readonly labels = new Set<string>();

  constructor(private readonly house: House) {
    this.name = new URL(house.databases.ownerUrl).pathname.slice(1);
    // Its idle connections are ended where the database goes back.
    house.owner.on('error', () => undefined);
  }

  /** Keeps a copy of the data as it is. */
  keep(label: string): Promise<void> {
    this.labels.add(label);
    return this.copy(this.name, `${this.name}_${label}`);
  }

  /** Puts the copy in place of the data. */
  goBack(label: string): Promise<void> {
    return this.copy(`${this.name}_${label}`, this.name);
  }

  /** Removes every copy. */
  async drop(): Promise<void> {
    const copies = [...this.labels].map(
      (label) => `drop database if exists ${this.name}_${label} with (force)`,
    );
    await this.atServer(copies);
  }

  private copy(from: string, to: string): Promise<void> {
    // Whoever is put out would be back before the copy has begun.
    return this.atServer([
      `alter database ${from} with allow_connections false`,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname in ('${from}', '${to}')`,
      `drop database if exists ${to} with (force)`,
      `create database ${to} template ${from}`,
      `alter database ${from} with allow_connections true`,
    ]);
  }

  private async atServer(statements: readonly string[]): Promise<void> {
    const client = new pg.Client({
      connectionString: new URL('/postgres', this.house.databases.ownerUrl).href,
    });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
