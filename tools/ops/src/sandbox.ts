import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
 * Starts a PostgreSQL of its own with an empty data database, in a directory that goes away with it. Documents go into that
 * directory; the evidence store is copied there, so that nothing is written to the living one. Keys are copied nowhere: the
 * key store and the keyring are the ones of `living`.
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
    await copyEvidence(fileURLToPath(living.EVIDENCE_URL), join(directory, 'evidence'));
    await mkdir(join(directory, 'objects'));
    const at = (name: string) => pathToFileURL(join(directory, name)).href;
    const logins = await makeLogins(ownerUrl);
    const own = { DATA_OWNER_URL: ownerUrl, OBJECT_STORE_URL: at('objects'), EVIDENCE_URL: at('evidence') };
    return { environment: { ...living, ...logins, ...own }, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** What is staged is copied first: it goes, in the living store, once it is laid out. */
async function copyEvidence(from: string, to: string): Promise<void> {
  const staged = join(from, '~staged');
  await mkdir(join(to, '~staged'), { recursive: true });
  const names = await readdir(staged).catch(() => []);
  // One that goes meanwhile is laid out by then.
  for (const name of names) await copyFile(join(staged, name), join(to, '~staged', name)).catch(ifGone);
  await cp(from, to, { recursive: true, filter: (path) => !path.startsWith(staged) });
}

const ifGone = (error: unknown): void => {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
};

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
