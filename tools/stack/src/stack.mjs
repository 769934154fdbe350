import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeDirectory } from './directory.mjs';
import { freePort, isFree } from './free-port.mjs';
import { startServers } from './servers.mjs';
import { endOnSignal } from './signals.mjs';
import { StackError } from './stack-error.mjs';
import { Supervised } from './supervised.mjs';

const APPS = fileURLToPath(new URL('../../../apps/', import.meta.url));
const HOST = '127.0.0.1';
/** Each key goes to the one app that signs with it; only one writes evidence. */
const NOT_FOR = { api: ['LOG_SIGNING_KEY_FILE', 'EVIDENCE_URL'], worker: ['TOKEN_KEY_FILE'] };
const READY_MS = 90_000;

/**
 * Starts the whole product: see `index.d.mts`.
 *
 * @param {import('./index.mjs').StackOptions} [options]
 * @returns {Promise<import('./index.mjs').Stack>}
 */
export async function startStack({ stateDirectory, port, publicUrl, log = () => undefined, keep, env } = {}) {
  requireBuilt();
  if (port !== undefined && !(await isFree(port, HOST))) throw portTaken(port);
  const servers = await startServers({
    log,
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
    ...(keep === undefined ? {} : { keep }),
  });
  try {
    const at = port ?? (await freePort());
    const apiUrl = `http://${HOST}:${at}`;
    const environment = {
      ...servers.env,
      LOG_ORIGIN: process.env.LOG_ORIGIN ?? 'personr.example',
      PUBLIC_URL: publicUrl ?? process.env.PUBLIC_URL ?? apiUrl,
      HOST,
      PORT: String(at),
      NODE_ENV: process.env.NODE_ENV ?? 'development',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
      ...env,
    };
    return await startApps({ servers, apiUrl, environment, log });
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

// Keeps an app under 300 MB: V8 would rather take memory than collect. With less room for what is new, an import
// spends a fifth of its time on collecting.
const HEAP = ['--max-semi-space-size=16', '--max-old-space-size=256'];

/**
 * @param {{ servers: import('./index.mjs').Servers, apiUrl: string, environment: Record<string, string>,
 *   log: (line: string) => void }} options
 */
async function startApps({ servers, apiUrl, environment, log }) {
  const logs = makeDirectory(join(servers.stateDirectory, 'logs'));
  const app = (/** @type {keyof typeof NOT_FOR} */ name) =>
    new Supervised({
      name,
      log,
      command: process.execPath,
      args: [...HEAP, mainOf(name)],
      logFile: join(logs, `${name}.log`),
      env: { ...inherited(), ...without(environment, NOT_FOR[name]), PERSONR_PARENT_PIPE: '1' },
    });
  const apps = { api: app('api'), worker: app('worker') };
  for (const supervised of [apps.worker, apps.api]) {
    supervised.start();
    servers.atStop(() => supervised.stop());
  }
  await ready(apiUrl, Object.values(apps));
  return handle({ servers, apps, apiUrl, environment });
}

/**
 * @param {{ servers: import('./index.mjs').Servers, apps: { api: Supervised, worker: Supervised }, apiUrl: string,
 *   environment: Record<string, string> }} options
 * @returns {import('./index.mjs').Stack}
 */
function handle({ servers, apps, apiUrl, environment }) {
  /** @type {Record<string, { pid: number | undefined, logFile: string, kill: (signal: NodeJS.Signals) => void, restart: () => Promise<void> }>} */
  const all = { ...apps, ...servers.servers };
  const find = (/** @type {string} */ name) => {
    const process = all[name];
    if (process === undefined)
      throw new TypeError(`no process ${name}; there are ${Object.keys(all).join(', ')}`);
    return process;
  };
  const forgetSignals = endOnSignal(() => servers.stop());
  servers.atStop(forgetSignals);
  return {
    ...servers,
    apiUrl,
    env: /** @type {any} */ (environment),
    get processes() {
      return Object.fromEntries(Object.entries(all).map(([name, { pid }]) => [name, pid]));
    },
    logFiles: Object.fromEntries(Object.entries(all).map(([name, { logFile }]) => [name, logFile])),
    kill: (name, signal) => find(name).kill(signal),
    restart: async (name) => {
      await find(name).restart();
      await ready(apiUrl, Object.values(apps));
    },
  };
}

/**
 * @param {Record<string, string>} environment
 * @param {readonly string[]} names
 */
const without = (environment, names) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !names.includes(name)));

/** What an app inherits: not how to own a database, nor what npm and the tests told us. */
function inherited() {
  const secret = /^(DATABASE_URL|KEYSTORE_URL|PG|npm_|PERSONR_TEST_|INIT_CWD)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !secret.test(name)));
}

/**
 * @param {string} apiUrl
 * @param {Supervised[]} apps
 */
async function ready(apiUrl, apps) {
  const deadline = Date.now() + READY_MS;
  let answer = 'no answer';
  while (Date.now() < deadline) {
    const failed = apps.find(({ failure }) => failure !== undefined);
    if (failed?.failure !== undefined) throw failed.failure;
    answer = await health(apiUrl);
    if (answer === 'ready' && apps.every(({ pid }) => pid !== undefined)) return;
    await sleep(100);
  }
  const logs = apps.map((app) => `${app.logFile} ends:\n${app.said()}`).join('\n');
  throw new StackError(
    'APP_FAILED',
    `The api was not ready after ${READY_MS / 1000} s (${answer}); correct what the logs say: ${logs}`,
  );
}

/** @param {string} apiUrl */
async function health(apiUrl) {
  try {
    const response = await fetch(`${apiUrl}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    const body = await response.text();
    return response.ok ? 'ready' : `${response.status} ${body.slice(0, 500)}`;
  } catch {
    return 'no answer';
  }
}

/** @param {string} name */
const mainOf = (name) => join(APPS, name, 'dist', 'main.js');

function requireBuilt() {
  const missing = ['api', 'worker'].map(mainOf).find((path) => !existsSync(path));
  if (missing === undefined) return;
  throw new StackError('NOT_BUILT', `${missing} is not there; run "npm run build" first.`);
}

/** @param {number} port */
const portTaken = (port) =>
  new StackError(
    'PORT_TAKEN',
    `Port ${port} for the api is taken; choose another, or end the program that uses it.`,
  );
