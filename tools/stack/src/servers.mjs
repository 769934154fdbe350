import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import pg from 'pg';
import { createLogin, dropLogin, migrate } from '../../../prisma/migrate.mjs';
import { makeDirectory } from './directory.mjs';
import { requirePostgres, requireSeparate } from './own-server.mjs';
import { startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';
import { openSecrets } from './secrets.mjs';
import { openState } from './state.mjs';

const PRISMA = fileURLToPath(new URL('../../../prisma/', import.meta.url));
const DATA = { name: 'data', database: 'personr', migrations: join(PRISMA, 'migrations') };
const KEYSTORE = {
  name: 'keystore',
  database: 'personr_keystore',
  migrations: join(PRISMA, 'keystore', 'migrations'),
};

/**
 * Starts everything but the apps: see `index.d.mts`.
 *
 * @param {import('./index.mjs').ServersOptions} [options]
 * @returns {Promise<import('./index.mjs').Servers>}
 */
export async function startServers({ stateDirectory, log = () => undefined, keep = false } = {}) {
  const state = openState({ stateDirectory, keep });
  try {
    return await start(state, log);
  } catch (error) {
    await state.close();
    throw error;
  }
}

/**
 * @param {import('./state.mjs').State} state
 * @param {(line: string) => void} log
 */
async function start(state, log) {
  const { DATABASE_URL, KEYSTORE_URL, REDIS_URL } = process.env;
  const onDeath = (/** @type {Error} */ error) => log(error.message);
  /** @type {Record<string, import('./index.mjs').Server>} */
  const own = {};
  const keepServer = (/** @type {string} */ name, /** @type {import('./index.mjs').Server} */ server) => {
    own[name] = server;
    state.atClose(() => server.stop());
  };
  const database = (/** @type {typeof DATA} */ kind, /** @type {string | undefined} */ url) =>
    url === undefined
      ? embedded(state, kind, onDeath, keepServer)
      : requirePostgres(kind === DATA ? 'DATABASE_URL' : 'KEYSTORE_URL', url).then(() => url);

  const [dataOwnerUrl, keystoreOwnerUrl, redisUrl] = await all([
    database(DATA, DATABASE_URL || undefined),
    database(KEYSTORE, KEYSTORE_URL || undefined),
    REDIS_URL || redis(state, onDeath, keepServer),
  ]);
  requireSeparate(dataOwnerUrl, keystoreOwnerUrl);
  await migrate({ url: dataOwnerUrl, directory: DATA.migrations, log });
  await migrate({ url: keystoreOwnerUrl, directory: KEYSTORE.migrations, log });
  const secrets = openSecrets(state.directory);
  const logins = await makeLogins(secrets, dataOwnerUrl, keystoreOwnerUrl);
  if (state.isEphemeral) forgetLogins(state, secrets, { DATABASE_URL, KEYSTORE_URL });
  return {
    stateDirectory: state.directory,
    dataOwnerUrl,
    keystoreOwnerUrl,
    servers: own,
    env: {
      ...logins,
      REDIS_URL: redisUrl,
      KEYRING_DIRECTORIES: secrets.keyringDirectories,
      OBJECT_STORE_URL: process.env.OBJECT_STORE_URL || directoryUrl(state.directory, 'objects'),
      EVIDENCE_URL: process.env.EVIDENCE_URL || directoryUrl(state.directory, 'evidence'),
      TOKEN_KEY_FILE: secrets.tokenKeyFile,
      LOG_SIGNING_KEY_FILE: secrets.logSigningKeyFile,
    },
    atStop: (/** @type {() => unknown} */ act) => state.atClose(act),
    stop: () => state.close(),
  };
}

/**
 * @param {string} state
 * @param {string} name
 */
const directoryUrl = (state, name) => pathToFileURL(makeDirectory(join(state, name))).href;

/**
 * Like Promise.all, but waits for every one to settle: what is still starting could not be stopped.
 *
 * @param {(Promise<string> | string)[]} starting
 */
async function all(starting) {
  const settled = await Promise.allSettled(starting);
  return /** @type {[string, string, string]} */ (
    settled.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    })
  );
}

/**
 * @param {import('./state.mjs').State} state
 * @param {typeof DATA} kind
 * @param {(error: Error) => void} onDeath
 * @param {(name: string, server: import('./index.mjs').Server) => void} keepServer
 */
async function embedded(state, { name, database }, onDeath, keepServer) {
  const server = await startPostgres({ directory: join(state.directory, name), name, onDeath });
  keepServer(name, server);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  await client.end();
  return new URL(`/${database}`, server.url).href;
}

/**
 * @param {import('./state.mjs').State} state
 * @param {(error: Error) => void} onDeath
 * @param {(name: string, server: import('./index.mjs').Server) => void} keepServer
 */
async function redis(state, onDeath, keepServer) {
  const server = await startRedis({ directory: join(state.directory, 'redis'), onDeath });
  keepServer('redis', server);
  return server.url;
}

/**
 * @param {import('./secrets.mjs').Secrets} secrets
 * @param {string} dataOwnerUrl
 * @param {string} keystoreOwnerUrl
 */
async function makeLogins({ logins }, dataOwnerUrl, keystoreOwnerUrl) {
  const make = (/** @type {keyof typeof logins} */ role, /** @type {string} */ ownerUrl) =>
    createLogin({ ownerUrl, role, ...logins[role] });
  return {
    TENANT_DATABASE_URL: await make('personr_app', dataOwnerUrl),
    RELAY_DATABASE_URL: await make('personr_relay', dataOwnerUrl),
    DIRECTORY_DATABASE_URL: await make('personr_directory', dataOwnerUrl),
    KEYSTORE_DATABASE_URL: await make('personr_keystore', keystoreOwnerUrl),
  };
}

/**
 * A run that leaves nothing behind leaves no login on a server that outlives it.
 *
 * @param {import('./state.mjs').State} state
 * @param {import('./secrets.mjs').Secrets} secrets
 * @param {{ DATABASE_URL: string | undefined, KEYSTORE_URL: string | undefined }} own
 */
function forgetLogins(state, { logins }, { DATABASE_URL, KEYSTORE_URL }) {
  for (const [role, { login }] of Object.entries(logins)) {
    const ownerUrl = role === 'personr_keystore' ? KEYSTORE_URL : DATABASE_URL;
    if (ownerUrl) state.atClose(() => dropLogin({ ownerUrl, login }));
  }
}
