import { randomBytes } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from './child.mjs';
import { makeDirectory } from './directory.mjs';
import { freePort, isFree } from './free-port.mjs';
import { StackError } from './stack-error.mjs';

const START_MS = 20_000;
const ATTEMPTS = 5;

/**
 * Starts a Redis that keeps nothing on disk. See `index.d.mts` for what comes back and what is thrown.
 *
 * @param {import('./index.mjs').RedisOptions} options
 * @returns {Promise<import('./index.mjs').RedisServer>}
 */
export async function startRedis({ directory, port, databases = 16, onDeath = () => undefined }) {
  const command = redisProgram();
  if (command === undefined) throw redisMissing();
  if (port !== undefined && !(await isFree(port))) throw portTaken(port);
  const home = makeDirectory(directory);
  const logFile = join(home, 'redis.log');
  const password = randomBytes(24).toString('base64url');

  const run = async (/** @type {number} */ at) => {
    const child = launch({
      command,
      args: ['-'],
      logFile,
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
      cwd: home,
      endSignal: 'SIGTERM',
      // By standard input, so that the password is in no process list.
      input: configuration({ port: at, password, databases }),
    });
    await ready(child, at);
    void child.exit.then((reason) => {
      if (!child.stopping) onDeath(died(reason, child));
    });
    return child;
  };

  let { child, at } = await firstRun(run, port);
  return {
    url: `redis://:${password}@127.0.0.1:${at}`,
    port: at,
    logFile,
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

/** The path of `redis-server`, or undefined when it is not installed. */
export function redisProgram() {
  const path = `${process.env.PATH ?? ''}${delimiter}/usr/bin${delimiter}/usr/local/bin${delimiter}/opt/homebrew/bin`;
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'redis-server'))
    .find(isProgram);
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What to do about a missing Redis. */
export const redisMissing = () =>
  new StackError(
    'REDIS_MISSING',
    'Redis is not installed; install redis-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis) or set REDIS_URL to a server of yours.',
  );

/** @param {{ port: number, password: string, databases: number }} options */
const configuration = ({ port, password, databases }) =>
  [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${password}`,
    `databases ${databases}`,
    'save ""',
    'appendonly no',
    'daemonize no',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');

/**
 * @param {(port: number) => Promise<import('./child.mjs').Child>} run
 * @param {number | undefined} port
 */
async function firstRun(run, port) {
  for (let attempt = 1; ; attempt += 1) {
    const at = port ?? (await freePort());
    try {
      return { child: await run(at), at };
    } catch (error) {
      const isTaken = error instanceof StackError && error.code === 'PORT_TAKEN';
      if (!isTaken || port !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * @param {import('./child.mjs').Child} child
 * @param {number} port
 */
async function ready(child, port) {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.ended !== undefined) {
      throw child.said().includes('Address already in use') ? portTaken(port) : died(child.ended, child);
    }
    if (child.said().includes('Ready to accept connections') && (await answers(port))) return;
    await sleep(25);
  }
  await child.stop();
  throw died(`not ready after ${START_MS / 1000} s`, child);
}

/** @param {number} port @returns {Promise<boolean>} */
function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (/** @type {boolean} */ yes) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}

/**
 * @param {string} reason
 * @param {import('./child.mjs').Child} child
 */
const died = (reason, child) =>
  new StackError(
    'SERVER_FAILED',
    `The Redis server died (${reason}); run again, or see ${child.logFile}, which ends:\n${child.said()}`,
  );

/** @param {number} port */
const portTaken = (port) =>
  new StackError(
    'PORT_TAKEN',
    `Port ${port} for Redis is taken; choose another, or end the program that uses it.`,
  );
