import { join } from 'node:path';
import { ephemeralDirectory, redisProgram, removeDirectory, startPostgres, startRedis } from '@personr/stack';
import { needsServers } from './needs-servers.mjs';
import { makeTemplates } from './templates.mjs';

/**
 * These clusters live for one run of the tests and nobody outlives a crash of this machine with them, so nothing
 * waits for the disk. `synchronous_commit` stays on all the same: a test that kills PostgreSQL, or reads its
 * files, must find in the WAL what was committed, and without fsync that costs nothing. Full-page writes stay
 * on because the adversary's copies must hold every page image that a real server's would.
 */
const THROWAWAY = { fsync: 'off', max_wal_size: '2GB', max_connections: '400' };
/** More than specs of one run ever ask for; each asks for one of its own. */
const REDIS_DATABASES = 512;

/** Jest's globalSetup: starts what the selected specs need and hands addresses on by the environment. */
export default async function startTestServers() {
  const directory = ephemeralDirectory('test');
  process.env.PERSONR_TEST_DIRECTORY = directory;
  if (!needsServers(process.argv.slice(2))) return;
  /** @type {import('@personr/stack').Server[]} */
  const servers = [];
  Object.assign(globalThis, { personrTestServers: servers });
  const keep = (/** @type {any} */ server) => {
    servers.push(server);
    return server;
  };
  const postgres = (/** @type {string} */ name) =>
    startPostgres({ directory: join(directory, name), name, settings: THROWAWAY }).then(keep);
  try {
    const [data, keystore, redisUrl] = await Promise.all([
      postgres('data'),
      postgres('keystore'),
      redis(directory).then((server) => (typeof server === 'string' ? server : keep(server).url)),
    ]);
    const templates = await makeTemplates({ dataUrl: data.url, keystoreUrl: keystore.url });
    process.env.PERSONR_TEST_SERVERS = JSON.stringify({
      ...templates,
      redisUrl,
      dataDirectories: { data: data.dataDirectory, keystore: keystore.dataDirectory },
    });
  } catch (error) {
    await Promise.allSettled(servers.map((server) => server.stop()));
    removeDirectory(directory);
    throw error;
  }
}

/** @param {string} directory */
async function redis(directory) {
  const own = process.env.REDIS_URL;
  if (own && redisProgram() === undefined) return own;
  return startRedis({ directory: join(directory, 'redis'), databases: REDIS_DATABASES });
}
