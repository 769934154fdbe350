import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createLogin, ephemeralDirectory, migrate, removeDirectory, startPostgres } from '@personr/stack';
import pg from 'pg';
import { type OwnerEnvironment } from './ops.module.js';
import { MIGRATIONS } from './restore.js';

/** A place for a copy of the data beside the living key store, and its end. */
export type Sandbox = { readonly environment: OwnerEnvironment; end(): Promise<void> };

const ROLES = {
  TENANT_DATABASE_URL: 'personr_app',
  RELAY_DATABASE_URL: 'personr_relay',
  DIRECTORY_DATABASE_URL: 'personr_directory',
} as const;

/**
 * Starts a PostgreSQL of its own with an empty data database, in a directory that goes away with it. Documents and evidence
 * go into that directory; of evidence what is not there is read from the living store, wherever that is, to which nothing
 * is written. Keys are copied nowhere: the key store and the keyring are the ones of `living`.
 */
export async function openSandbox(living: OwnerEnvironment): Promise<Sandbox> {
  const directory = ephemeralDirectory('drill');
  const server = await startPostgres({ directory: join(directory, 'data'), name: 'drill' });
  const end = async () => {
    await server.stop();
    removeDirectory(directory);
  };
  try {
    const ownerUrl = new URL('/personr', server.url).href;
    await createDatabase(server.url);
    await migrate({ url: ownerUrl, directory: MIGRATIONS });
    await mkdir(join(directory, 'objects'));
    const at = (name: string) => pathToFileURL(join(directory, name)).href;
    const logins = await makeLogins(ownerUrl);
    const own = {
      DATA_OWNER_URL: ownerUrl,
      OBJECT_STORE_URL: at('objects'),
      EVIDENCE_URL: at('evidence'),
      EVIDENCE_BELOW_URL: living.EVIDENCE_URL,
    };
    return { environment: { ...living, ...logins, ...own }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create database personr');
  await client.end();
}

async function makeLogins(ownerUrl: string): Promise<Record<keyof typeof ROLES, string>> {
  const make = (role: string) =>
    createLogin({ ownerUrl, role, login: `${role}_drill`, password: randomBytes(24).toString('base64url') });
  return {
    TENANT_DATABASE_URL: await make(ROLES.TENANT_DATABASE_URL),
    RELAY_DATABASE_URL: await make(ROLES.RELAY_DATABASE_URL),
    DIRECTORY_DATABASE_URL: await make(ROLES.DIRECTORY_DATABASE_URL),
  };
}
