import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './child.mjs';
import { openCluster } from './cluster.mjs';
import { freePort, isFree } from './free-port.mjs';
import { postgresBinaries } from './postgres-binaries.mjs';
import { serverUser } from './server-user.mjs';
import { diskFull, StackError } from './stack-error.mjs';

const START_MS = 60_000;
const ATTEMPTS = 5;

/**
 * No value of a row may reach the server's log: neither a statement, nor its parameters, nor a DETAIL line, nor the
 * line of an error itself, which may quote one. `libs/silence` asks for the same of an operator's server.
 */
const SILENT = {
  log_min_messages: 'log',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_min_error_statement: 'panic',
};

/** Made for one machine: reachable from it alone, and content with a container's small shared memory. */
const LOCAL = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Starts a PostgreSQL cluster that lies in `directory`, making it there first when there is none. See
 * `index.d.mts` for what comes back and what is thrown.
 *
 * @param {import('./index.mjs').PostgresOptions} options
 * @returns {Promise<import('./index.mjs').PostgresServer>}
 */
export async function startPostgres({ directory, port, name, settings = {}, onDeath = () => undefined }) {
  const user = serverUser();
  const { initdb, postgres } = postgresBinaries(user !== undefined);
  if (port !== undefined && !(await isFree(port))) throw portTaken(name, port);
  const { dataDirectory, password } = await openCluster({
    directory,
    user,
    initdb,
    name,
    isDurable: settings['fsync'] !== 'off',
  });
  const logFile = join(directory, 'postgres.log');

  const run = async (/** @type {number} */ at) => {
    const args = flags({ ...LOCAL, ...SILENT, ...settings, port: String(at) });
    const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
    const child = launch({
      command: postgres,
      args: ['-D', dataDirectory, ...args],
      logFile,
      env,
      cwd: '/',
      ...(user === undefined ? {} : { user }),
      endSignal: 'SIGINT',
      input: '',
    });
    await ready(child, dataDirectory, name);
    void child.exit.then((reason) => {
      if (!child.stopping) onDeath(died(name, reason, child));
    });
    return child;
  };

  let { child, at } = await firstRun(run, port);
  return {
    url: `postgresql://postgres:${password}@127.0.0.1:${at}/postgres`,
    port: at,
    logFile,
    dataDirectory,
    get pid() {
      return child.pid;
    },
    stop: () => child.stop(),
    kill: (signal) => void child.kill(signal),
    restart: async () => {
      await child.stop();
      child = await run(at);
    },
  };
}

/**
 * A free port may be taken between our look and the server's bind; then another one is tried.
 *
 * @param {(port: number) => Promise<import('./child.mjs').Child>} run
 * @param {number | undefined} port
 */
async function firstRun(run, port) {
  for (let attempt = 1; ; attempt += 1) {
    const at = port ?? (await freePort());
    try {
      return { child: await run(at), at };
    } catch (error) {
      const mayRetry =
        error instanceof StackError && (error.code === 'PORT_TAKEN' || error.code === 'STATE_IN_USE');
      if (!mayRetry || attempt === ATTEMPTS || (error.code === 'PORT_TAKEN' && port !== undefined))
        throw error;
      // The servers of a run that was killed need a moment to end.
      if (error.code === 'STATE_IN_USE') await sleep(attempt * 1_000);
    }
  }
}

/** @param {Record<string, string>} settings */
const flags = (settings) => Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/**
 * Waits for the last line of `postmaster.pid` to say "ready", as pg_ctl does.
 *
 * @param {import('./child.mjs').Child} child
 * @param {string} dataDirectory
 * @param {string} name
 */
async function ready(child, dataDirectory, name) {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.ended !== undefined) throw startError(name, child.ended, child);
    const lines = postmasterFile(dataDirectory);
    if (lines[0] === String(child.pid) && lines[7]?.trim() === 'ready') return;
    await sleep(25);
  }
  await child.stop();
  throw died(name, `not ready after ${START_MS / 1000} s`, child);
}

/** @param {string} dataDirectory */
function postmasterFile(dataDirectory) {
  try {
    return readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/**
 * @param {string} name
 * @param {string} reason
 * @param {import('./child.mjs').Child} child
 */
function startError(name, reason, child) {
  const said = child.said();
  if (said.includes('Address already in use')) return portTaken(name);
  if (said.includes('No space left on device')) return diskFull(child.logFile);
  if (/lock file "postmaster\.pid" already exists|pre-existing shared memory block/.test(said)) {
    return new StackError(
      'STATE_IN_USE',
      `Another server runs on the ${name} cluster; end it and run again.`,
    );
  }
  return died(name, reason, child);
}

/**
 * @param {string} name
 * @param {string} reason
 * @param {import('./child.mjs').Child} child
 */
const died = (name, reason, child) =>
  new StackError(
    'SERVER_FAILED',
    `The ${name} PostgreSQL server died (${reason}); run again, or see ${child.logFile}, which ends:\n${child.said()}`,
  );

/**
 * @param {string} name
 * @param {number} [port]
 */
const portTaken = (name, port) =>
  new StackError(
    'PORT_TAKEN',
    `Port ${port ?? 'chosen'} for the ${name} PostgreSQL server is taken; choose another, or end the program that uses it.`,
  );
