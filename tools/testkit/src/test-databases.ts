import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { testServers } from './test-servers.js';

/** A data database and a key-store database of one spec's own, migrated and empty. */
export interface TestDatabases {
  /** The data database as its owner, a superuser: row-level security does not hold it back. */
  readonly ownerUrl: string;
  /** As a login in `personr_app`: what `forTenant` uses. */
  readonly tenantUrl: string;
  /** As a login in `personr_relay`. */
  readonly relayUrl: string;
  /** As a login in `personr_directory`. */
  readonly directoryUrl: string;
  /** The key-store database as its owner. */
  readonly keystoreOwnerUrl: string;
  /** As a login in `personr_keystore`. */
  readonly keystoreUrl: string;
  /** PGDATA of both clusters, shared by all specs of the run: for raw scans of what a disk holds. */
  readonly dataDirectories: { readonly data: string; readonly keystore: string };
  /** Removes both databases, ending connections still open to them. Close pools first: theirs would complain. */
  drop(): Promise<void>;
}

/** Makes both databases by copying the migrated templates; some tens of milliseconds. */
export async function createTestDatabases(): Promise<TestDatabases> {
  const servers = testServers();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const owners = [servers.dataOwnerUrl, servers.keystoreOwnerUrl];
  await Promise.all(owners.map((url) => query(url, `create database ${name} template ${servers.template}`)));
  const at = (url: string) => new URL(`/${name}`, url).href;
  return {
    ownerUrl: at(servers.dataOwnerUrl),
    tenantUrl: at(servers.tenantUrl),
    relayUrl: at(servers.relayUrl),
    directoryUrl: at(servers.directoryUrl),
    keystoreOwnerUrl: at(servers.keystoreOwnerUrl),
    keystoreUrl: at(servers.keystoreUrl),
    dataDirectories: servers.dataDirectories,
    drop: async () => {
      await Promise.all(owners.map((url) => query(url, `drop database if exists ${name} with (force)`)));
    },
  };
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
