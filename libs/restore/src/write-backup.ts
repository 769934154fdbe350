import { type LogSigner } from '@personr/audit';
import {
  type Clock,
  type DocumentId,
  isDomainError,
  newId,
  type SubjectId,
  type TenantId,
} from '@personr/kernel';
import { objectNameOf, type ObjectStore } from '@personr/stores';
import { type Client } from 'pg';
import {
  BACKUP_FORMAT,
  type BackupHead,
  type BackupManifest,
  type BackupObject,
  type BackupTable,
  MANIFEST,
  OBJECTS,
  type Progress,
  SIGNATURE,
} from './backup.js';
import { BackupFiles } from './backup-files.js';
import { copyOut } from './copy-stream.js';
import { assertSeesAll, connectOwner, type DataTable, quoted, tablesOf } from './data-database.js';
import { signManifest } from './read-backup.js';

/** What a backup is made of, and with. `ownerUrl` is the data database's owner's. */
export type BackupTools = {
  readonly ownerUrl: string;
  readonly objects: ObjectStore;
  readonly signer: LogSigner;
  readonly clock: Clock;
  readonly progress: Progress;
};

const CONNECTIONS = 3;
const OBJECTS_AT_ONCE = 4;
const ROWS_AT_ONCE = 500;

/**
 * Writes a backup of the data database and of the documents' objects into a directory that is new or empty: every table
 * under one snapshot, streamed. The manifest comes last, so one that was broken off is known by its lack. Nothing of any
 * key is read: what is sealed stays sealed. Throws `BACKUP_INCOMPLETE` where something lies already, `RESTORE_REFUSED` for
 * a login that does not see every row.
 */
export async function writeBackup(directory: string, tools: BackupTools): Promise<BackupManifest> {
  const files = new BackupFiles(directory);
  await files.begin();
  return withSnapshot(tools.ownerUrl, async ([lead, ...others]) => {
    const madeAt = tools.clock.now();
    await assertSeesAll(lead);
    const tables = await copyTables(files, [lead, ...others], tools.progress);
    const objects = await copyObjects(files, lead, tools);
    const manifest: BackupManifest = {
      format: BACKUP_FORMAT,
      id: newId(tools.clock.now()),
      madeAt: madeAt.toISOString(),
      migrations: await migrationsOf(lead),
      tables,
      objects,
      tenants: await tenantsOf(lead),
      heads: await headsOf(lead),
    };
    const text = `${JSON.stringify(manifest, null, 1)}\n`;
    await files.settle();
    await files.publish(SIGNATURE, signManifest(text, tools.signer));
    await files.publish(MANIFEST, text);
    return manifest;
  });
}

/** Runs `work` with connections that all see the database as it was at one instant. */
async function withSnapshot<T>(
  url: string,
  work: (clients: [Client, ...Client[]]) => Promise<T>,
): Promise<T> {
  const lead = await connectOwner(url);
  const others: Client[] = [];
  try {
    await lead.query('begin isolation level repeatable read read only');
    const { rows } = await lead.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const snapshot = rows[0]?.snapshot ?? '';
    while (others.length < CONNECTIONS - 1) {
      const other = await connectOwner(url);
      others.push(other);
      await other.query(
        `begin isolation level repeatable read read only; set transaction snapshot ${other.escapeLiteral(snapshot)}`,
      );
    }
    return await work([lead, ...others]);
  } finally {
    for (const client of [lead, ...others]) await client.end().catch(() => undefined);
  }
}

async function copyTables(
  files: BackupFiles,
  clients: readonly [Client, ...Client[]],
  progress: Progress,
): Promise<BackupTable[]> {
  const waiting = await tablesOf(clients[0]);
  const copied: BackupTable[] = [];
  const copyNext = async (client: Client): Promise<void> => {
    for (let table = waiting.shift(); table !== undefined; table = waiting.shift()) {
      const part = await copyTable(files, client, table);
      copied.push(part);
      progress(`${part.name}: ${part.rows} rows, ${part.sizeBytes} bytes`);
    }
  };
  const ends = await Promise.allSettled(clients.map(copyNext));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return copied.sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function copyTable(
  files: BackupFiles,
  client: Client,
  { name, columns }: DataTable,
): Promise<BackupTable> {
  const { bytes, rows } = copyOut(client, `copy public.${quoted(name)} (${quoted(...columns)}) to stdout`);
  const part = await files.write(`tables/${name}.copy`, bytes);
  return { ...part, name, columns, rows: await rows };
}

async function copyObjects(
  files: BackupFiles,
  client: Client,
  { objects, progress }: BackupTools,
): Promise<BackupManifest['objects']> {
  let [count, totalBytes] = [0, 0];
  const lines = async function* (): AsyncIterable<Uint8Array> {
    for await (const names of objectNames(client)) {
      const parts = await inTurns(names, (name) => copyObject(files, objects, name));
      const found = parts.filter((part) => part !== null);
      count += found.length;
      totalBytes += found.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      yield Buffer.from(found.map((part) => `${JSON.stringify(part)}\n`).join(''));
    }
  };
  const list = await files.write(OBJECTS, lines());
  progress(`objects: ${count}, ${totalBytes} bytes`);
  return { ...list, count, totalBytes };
}

/** Null for an object that an erasure took away since the snapshot. */
async function copyObject(
  files: BackupFiles,
  objects: ObjectStore,
  name: string,
): Promise<BackupObject | null> {
  try {
    return { ...(await files.write(`objects/${name}`, objects.get(name))), name };
  } catch (error) {
    if (isDomainError(error, 'OBJECT_MISSING')) return null;
    throw error;
  }
}

type Place = { tenant_id: TenantId; subject_id: SubjectId; id: DocumentId };

/** The names of all documents' objects, a page at a time. */
async function* objectNames(client: Client): AsyncIterable<string[]> {
  let after: Place | undefined;
  for (;;) {
    const { rows }: { rows: Place[] } = await client.query(
      `select tenant_id, subject_id, id from document
        where $1::uuid is null or (tenant_id, id) > ($1, $2::uuid) order by tenant_id, id limit ${ROWS_AT_ONCE}`,
      [after?.tenant_id ?? null, after?.id ?? null],
    );
    yield rows.map((row) => objectNameOf(row.tenant_id, { subjectId: row.subject_id, id: row.id }));
    if (rows.length < ROWS_AT_ONCE) return;
    after = rows.at(-1);
  }
}

async function inTurns<T, Result>(items: readonly T[], act: (item: T) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += OBJECTS_AT_ONCE)
    results.push(...(await Promise.all(items.slice(at, at + OBJECTS_AT_ONCE).map(act))));
  return results;
}

async function migrationsOf(client: Client): Promise<BackupManifest['migrations']> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    `select migration_name as name, checksum from _prisma_migrations
      where finished_at is not null and rolled_back_at is null order by migration_name`,
  );
  return rows;
}

async function headsOf(client: Client): Promise<BackupHead[]> {
  const { rows } = await client.query<{ tenant_id: string; origin: string; size: string; root: Buffer }>(
    'select tenant_id, origin, size, root from log_head order by tenant_id',
  );
  return rows.map(({ tenant_id: tenantId, origin, size, root }) => ({
    tenantId,
    origin,
    size: Number(size),
    root: root.toString('base64'),
  }));
}

async function tenantsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('select id from tenant order by id');
  return rows.map(({ id }) => id);
}
