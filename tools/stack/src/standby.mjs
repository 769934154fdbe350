import { randomBytes } from 'node:crypto';
import { cpSync, lchownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { adoptCluster } from './cluster.mjs';
import { startPostgres } from './postgres.mjs';
import { serverUser } from './server-user.mjs';
import { StackError } from './stack-error.mjs';

const SYNCHRONOUS_MS = 60_000;
const PROMOTE_SECONDS = 60;

/** What a copy must not take along, or begins anew. PostgreSQL 18, section 25.3.4 ("Backing Up the Data Directory"). */
const EMPTY = ['pg_wal', 'pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots'].concat([
  'pg_stat_tmp',
  'pg_subtrans',
]);
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label|tablespace_map|standby\.signal|pgsql_tmp.*|pg_internal\.init.*)$/;

/**
 * Starts a server that follows `primary`, out of a copy made while that runs: see `index.d.mts`.
 *
 * @param {import('./index.mjs').StandbyOptions} options
 * @returns {Promise<import('./index.mjs').StandbyServer>}
 */
export async function startStandby({ primary, ...options }) {
  const { name, directory } = options;
  await withClient(primary.url, async (client) => {
    const conninfo = await follower(client, primary, name);
    await adoptCluster({
      directory,
      password: decodeURIComponent(new URL(primary.url).password),
      fill: (dataDirectory) =>
        fill(client, { from: primary.dataDirectory, to: dataDirectory, conninfo, name }),
    });
  });
  const server = await startPostgres(options);
  return Object.assign(server, {
    makeSynchronous: () => makeSynchronous(primary.url, name),
    promote: () => promote(server.url, name),
  });
}

/**
 * A login that may only replicate, and a slot that keeps what the standby has not got yet.
 *
 * @param {pg.Client} client
 * @param {import('./index.mjs').PostgresServer} primary
 * @param {string} name
 */
async function follower(client, primary, name) {
  const login = `standby_${name}`;
  const password = randomBytes(24).toString('base64url');
  await client.query(
    `create role ${client.escapeIdentifier(login)} login replication password ${client.escapeLiteral(password)}`,
  );
  await client.query('select pg_create_physical_replication_slot($1, true)', [name]);
  return `host=127.0.0.1 port=${primary.port} user=${login} password=${password} application_name=${name}`;
}

/**
 * Copies between `pg_backup_start` and `pg_backup_stop`, which one session has to call.
 *
 * @param {pg.Client} client
 * @param {{ from: string, to: string, conninfo: string, name: string }} copy
 */
async function fill(client, { from, to, conninfo, name }) {
  await client.query('select pg_backup_start($1, true)', [name]);
  copyTree(from, to);
  const { rows } = await client.query('select labelfile, spcmapfile from pg_backup_stop(false)');
  writeFileSync(join(to, 'backup_label'), rows[0].labelfile, { mode: 0o600 });
  if (rows[0].spcmapfile) writeFileSync(join(to, 'tablespace_map'), rows[0].spcmapfile, { mode: 0o600 });
  // Anew, not as the primary has it: promoted, it must not wait for itself.
  writeFileSync(
    join(to, 'postgresql.auto.conf'),
    `primary_conninfo = '${conninfo}'\nprimary_slot_name = '${name}'\n`,
    { mode: 0o600 },
  );
  writeFileSync(join(to, 'standby.signal'), '', { mode: 0o600 });
  own(to);
}

/**
 * Files come and go under a running server; what the copy misses, the WAL has.
 *
 * @param {string} from
 * @param {string} to
 * @param {boolean} [isTop]
 */
function copyTree(from, to, isTop = true) {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (LEFT_OUT.test(entry.name)) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (!entry.isDirectory()) unlessGone(() => cpSync(source, target, { mode: 0 }));
    else if (isTop && EMPTY.includes(entry.name)) mkdirSync(target, { mode: 0o700 });
    else unlessGone(() => copyTree(source, target, false));
  }
}

/** @param {() => void} act */
function unlessGone(act) {
  try {
    act();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
  }
}

/** Hands a tree to the user that the server runs as. @param {string} directory */
function own(directory) {
  const user = serverUser();
  if (user === undefined) return;
  lchownSync(directory, user.uid, user.gid);
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    lchownSync(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}

/**
 * @param {string} primaryUrl
 * @param {string} name
 */
function makeSynchronous(primaryUrl, name) {
  return withClient(primaryUrl, async (client) => {
    await client.query(
      `alter system set synchronous_standby_names = ${client.escapeLiteral(`FIRST 1 (${name})`)}`,
    );
    await client.query('select pg_reload_conf()');
    const deadline = Date.now() + SYNCHRONOUS_MS;
    const asking = "select from pg_stat_replication where application_name = $1 and sync_state = 'sync'";
    while ((await client.query(asking, [name])).rowCount === 0) {
      if (Date.now() > deadline) throw failed(`The standby ${name} did not become synchronous in a minute.`);
      await sleep(25);
    }
  });
}

/**
 * @param {string} url
 * @param {string} name
 */
function promote(url, name) {
  return withClient(url, async (client) => {
    const { rows } = await client.query('select pg_promote(true, $1) as promoted', [PROMOTE_SECONDS]);
    if (rows[0].promoted !== true) throw failed(`The standby ${name} was not promoted in a minute.`);
  });
}

/** @param {string} sentence */
const failed = (sentence) => new StackError('SERVER_FAILED', `${sentence} See the logs of both servers.`);

/**
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 */
async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
