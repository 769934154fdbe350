import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LogSigner } from '@personr/audit';
import { DomainError } from '@personr/kernel';
import { type ObjectStore } from '@personr/stores';
import { type Vault } from '@personr/vault';
import { type Client } from 'pg';
import { type BackupManifest, type Progress } from './backup.js';
import { BackupFiles, broken } from './backup-files.js';
import { copyIn } from './copy-stream.js';
import { assertSeesAll, connectOwner, inLoadingOrder, quoted, referencesOf } from './data-database.js';
import { readManifest, verifyParts } from './read-backup.js';
import { restoreObjects } from './restore-objects.js';

/** What a backup is restored into, and with. */
export type RestoreTools = {
  /** The data database's owner's; that database is replaced. */
  readonly ownerUrl: string;
  readonly objects: ObjectStore;
  /** The key store as it is now: says which documents nobody can open any more. */
  readonly vault: Vault;
  readonly signer: LogSigner;
  /** Applies the migrations of a directory. */
  readonly migrate: (options: { url: string; directory: string }) => Promise<unknown>;
  /** Where the data database's migrations are. */
  readonly migrations: string;
  /** Whether a database that holds tenants may be replaced. */
  readonly replace: boolean;
  readonly progress: Progress;
};

/**
 * Restores a backup in place of the data database. Everything is verified before anything changes, loaded into a database
 * beside the one there is, and swapped in by one transaction: whatever fails or dies before it leaves what there was. From
 * the swap on the service is closed until the erasures since are replayed. Documents that nobody can open any more are
 * not brought back. Throws `BACKUP_INCOMPLETE`, `BACKUP_BROKEN`, and `RESTORE_REFUSED` when tenants are there and
 * `replace` is not said, somebody is connected, or this release lacks a migration of the backup.
 */
export async function restoreBackup(directory: string, tools: RestoreTools): Promise<BackupManifest> {
  const files = new BackupFiles(directory);
  const manifest = await readManifest(files, tools.signer);
  await assertOurs(manifest, tools.vault);
  await verifyParts(files, manifest, tools.progress);
  const place = placeOf(tools.ownerUrl);
  await withOwner(place.targetUrl, async (client) => {
    await assertSeesAll(client);
    if (!tools.replace) await assertEmpty(client);
  });
  await withOwner(place.otherUrl, async (server) => {
    await assertAlone(server, place.target);
    await server.query(`drop database if exists ${quoted(place.staging)} with (force)`);
    await server.query(`create database ${quoted(place.staging)} template template0`);
    await migrateTo(place.stagingUrl, manifest, tools);
    await load(place.stagingUrl, { files, manifest, tools });
    await tools.migrate({ url: place.stagingUrl, directory: tools.migrations });
    await withOwner(place.stagingUrl, close);
    await assertAlone(server, place.target);
    await swap(server, place);
  });
  tools.progress('restored; closed until the erasures since are replayed');
  return manifest;
}

type Place = Readonly<
  Record<'target' | 'staging' | 'replaced' | 'targetUrl' | 'stagingUrl' | 'otherUrl', string>
>;

function placeOf(ownerUrl: string): Place {
  const target = decodeURIComponent(new URL(ownerUrl).pathname.slice(1));
  const staging = `${target}_restoring`;
  const at = (name: string) => new URL(`/${encodeURIComponent(name)}`, ownerUrl).href;
  const replaced = `${target}_replaced`;
  return {
    target,
    staging,
    replaced,
    targetUrl: at(target),
    stagingUrl: at(staging),
    otherUrl: at('postgres'),
  };
}

async function withOwner<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectOwner(url);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Beside a key store of somebody else everything would look erased. */
async function assertOurs({ tenants }: BackupManifest, vault: Vault): Promise<void> {
  const known = new Set<string>(await vault.tenants());
  const strangers = tenants.filter((tenantId) => !known.has(tenantId));
  if (strangers.length === 0) return;
  throw refused(
    `The key store knows ${tenants.length - strangers.length} of the backup's ${tenants.length} tenants: KEYSTORE_URL is not the key store that goes with it.`,
  );
}

async function assertEmpty(client: Client): Promise<void> {
  const { rows } = await client.query<{ there: string | null }>(
    "select to_regclass('public.tenant') as there",
  );
  if (rows[0]?.there == null) return;
  const { rowCount } = await client.query('select from tenant limit 1');
  if (rowCount === 0) return;
  throw refused('The data database holds tenants; say --replace to put the backup in its place.');
}

async function assertAlone(server: Client, database: string): Promise<void> {
  const { rowCount } = await server.query(
    `select from pg_stat_activity where datname = $1 and backend_type = 'client backend' limit 1`,
    [database],
  );
  if (rowCount !== 0) throw refused('Somebody is connected to the data database; end api and worker first.');
}

/** Brings the new database to where the backup's was: the same migrations, letter by letter. */
async function migrateTo(url: string, { migrations }: BackupManifest, tools: RestoreTools): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'personr-migrations-'));
  try {
    for (const { name } of migrations) {
      await cp(join(tools.migrations, name), join(directory, name), { recursive: true }).catch(
        (cause: unknown) => {
          throw refused(
            `The backup has migration ${name}, which this release does not; use the release that made it.`,
            cause,
          );
        },
      );
    }
    await tools.migrate({ url, directory });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  await withOwner(url, async (client) => {
    const { rows } = await client.query<{ name: string; checksum: string }>(
      'select migration_name as name, checksum from _prisma_migrations order by migration_name',
    );
    if (JSON.stringify(rows) !== JSON.stringify(migrations))
      throw refused('A migration of this release is not the one that the backup was made under.');
  });
}

type Load = { readonly files: BackupFiles; readonly manifest: BackupManifest; readonly tools: RestoreTools };

async function load(url: string, { files, manifest, tools }: Load): Promise<void> {
  await withOwner(url, async (client) => {
    await client.query('begin');
    const tables = inLoadingOrder(manifest.tables, await referencesOf(client));
    await client.query(`truncate ${quoted(...tables.map(({ name }) => name))} cascade`);
    for (const { name, columns, path, rows } of tables) {
      const text = `copy public.${quoted(name)} (${quoted(...columns)}) from stdin`;
      if ((await copyIn(client, text, files.read(path))) !== rows) throw broken(path, `has not ${rows} rows`);
      tools.progress(`${name}: ${rows} rows`);
    }
    await client.query('commit');
    await client.query('analyze');
    await restoreObjects(client, files, tools);
  });
}

/** Whatever the backup's mark was, this database is not the one that the key store goes with until it was replayed. */
const close = (client: Client) =>
  client.query(
    `update tide set mark = '00000000-0000-0000-0000-000000000000', restore_id = gen_random_uuid()`,
  );

async function swap(server: Client, { target, staging, replaced }: Place): Promise<void> {
  await server.query(`drop database if exists ${quoted(replaced)} with (force)`);
  await server.query('begin');
  await server.query(`alter database ${quoted(target)} rename to ${quoted(replaced)}`);
  await server.query(`alter database ${quoted(staging)} rename to ${quoted(target)}`);
  await server.query('commit');
  await server.query(`drop database ${quoted(replaced)} with (force)`);
}

const refused = (sentence: string, cause?: unknown): DomainError =>
  new DomainError('RESTORE_REFUSED', `${sentence} Nothing was changed.`, { cause });
