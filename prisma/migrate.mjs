import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrationError, failure } from './migration-error.mjs';
import { readMigrations } from './read-migrations.mjs';

export { createLogin, dropLogin } from './login.mjs';

/** The key Prisma's own `migrate deploy` locks, so that it and this runner exclude each other. */
const PRISMA_LOCK = 72707369;
const LOCK_WAIT = '120s';

// As Prisma creates it, letter by letter (schema-engine, sql-schema-connector, migration_persistence).
const HISTORY = `create table if not exists public._prisma_migrations (
  id varchar(36) primary key not null,
  checksum varchar(64) not null,
  finished_at timestamptz,
  migration_name varchar(255) not null,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz not null default now(),
  applied_steps_count integer not null default 0
)`;

/**
 * Applies every migration of `directory` that the database has not seen, in name order, each in one
 * transaction together with its row in `_prisma_migrations`; returns the names it applied. A migration that
 * fails leaves nothing behind but a row marked as rolled back, so a corrected one may be tried again.
 *
 * Throws an error whose `code` is `MIGRATION_EDITED` (an applied migration was changed or is missing),
 * `MIGRATION_FAILED` (one fails now, or is recorded as unfinished) or `MIGRATION_LOCKED` (another run holds
 * the database for two minutes).
 *
 * @param {{ url: string, directory: string, log?: (line: string) => void }} options
 * @returns {Promise<string[]>}
 */
export async function migrate({ url, directory, log = () => undefined }) {
  const migrations = await readMigrations(directory);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await lock(client);
    await client.query(HISTORY);
    const pending = await unseen(client, migrations);
    for (const migration of pending) {
      await apply(client, migration);
      log(`applied ${migration.name}`);
    }
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** @param {pg.Client} client The lock ends with the session. */
async function lock(client) {
  try {
    await client.query("select set_config('lock_timeout', $1, false)", [LOCK_WAIT]);
    await client.query('select pg_advisory_lock($1)', [PRISMA_LOCK]);
    await client.query('reset lock_timeout');
    // `create table if not exists` would say on every run that the table is there.
    await client.query('set client_min_messages = warning');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    throw migrationError(
      'MIGRATION_LOCKED',
      'Another run has been migrating this database for two minutes; wait for it to end, or end its connection.',
    );
  }
}

/**
 * @param {pg.Client} client
 * @param {import('./read-migrations.mjs').Migration[]} migrations
 */
async function unseen(client, migrations) {
  const { rows } = await client.query(
    `select migration_name as name, checksum, finished_at is not null as finished
       from public._prisma_migrations where rolled_back_at is null order by started_at, migration_name`,
  );
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of rows)
    refuseUnlessIntact(name, checksum, finished, known.get(name));
  const seen = new Set(rows.map(({ name }) => name));
  return migrations.filter(({ name }) => !seen.has(name));
}

/**
 * @param {string} name
 * @param {string} checksum
 * @param {boolean} finished
 * @param {import('./read-migrations.mjs').Migration | undefined} file
 */
function refuseUnlessIntact(name, checksum, finished, file) {
  if (!finished) {
    throw migrationError(
      'MIGRATION_FAILED',
      `Migration ${name} was begun and never finished; mend the database, then run "prisma migrate resolve".`,
    );
  }
  if (file === undefined) {
    throw migrationError(
      'MIGRATION_EDITED',
      `Migration ${name} is in the database but not in this release; install the release it came with, or a newer one.`,
    );
  }
  if (file.checksum !== checksum) {
    throw migrationError(
      'MIGRATION_EDITED',
      `Migration ${name} was changed after it was applied; restore its file and put the change into a new migration.`,
    );
  }
}

/**
 * @param {pg.Client} client
 * @param {import('./read-migrations.mjs').Migration} migration
 */
async function apply(client, { name, checksum, sql }) {
  const id = randomUUID();
  const startedAt = new Date();
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query(
      `insert into public._prisma_migrations
         (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
       values ($1, $2, clock_timestamp(), $3, $4, 1)`,
      [id, checksum, name, startedAt],
    );
    await client.query('commit');
  } catch (error) {
    const refusal = failure(name, sql, error);
    await recordRollback(client, { id, checksum, name, startedAt, logs: refusal.message }).catch(
      () => undefined,
    );
    throw refusal;
  } finally {
    await client.query('reset all; set client_min_messages = warning').catch(() => undefined);
  }
}

/**
 * @param {pg.Client} client
 * @param {{ id: string, checksum: string, name: string, startedAt: Date, logs: string }} row
 */
async function recordRollback(client, { id, checksum, name, startedAt, logs }) {
  await client.query('rollback');
  await client.query(
    `insert into public._prisma_migrations
       (id, checksum, migration_name, logs, rolled_back_at, started_at, applied_steps_count)
     values ($1, $2, $3, $4, clock_timestamp(), $5, 0)`,
    [id, checksum, name, logs, startedAt],
  );
}
