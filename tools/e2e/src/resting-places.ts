import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type House } from './house.js';

/** Some bytes that rest somewhere, and where. */
export type Resting = { readonly place: string; readonly bytes: Buffer };

const filesBelow = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Yields every file of the keyring. */
export function* keyringFiles({ keyringDirectories }: House): Generator<Resting> {
  for (const file of keyringDirectories.flatMap(filesBelow)) {
    yield { place: `keyring ${file}`, bytes: readFileSync(file) };
  }
}

/** Yields every file of the object store with its name, finished or not. */
export function* objectFiles({ objectDirectory }: House): Generator<Resting> {
  if (!existsSync(objectDirectory)) return;
  for (const file of filesBelow(objectDirectory)) {
    yield { place: 'objects', bytes: Buffer.concat([Buffer.from(file), readFileSync(file)]) };
  }
}

/** Yields every file of the evidence store with its name. */
export function* evidenceFiles({ evidenceDirectory }: House): Generator<Resting> {
  if (!existsSync(evidenceDirectory)) return;
  for (const file of filesBelow(evidenceDirectory)) {
    yield { place: 'evidence', bytes: Buffer.concat([Buffer.from(file), readFileSync(file)]) };
  }
}

/**
 * Yields every file of both clusters after a checkpoint, the WAL and the server's own log among them, but for
 * the databases of other specs.
 */
export async function* clusterFiles({ databases }: House): AsyncGenerator<Resting> {
  const { ownerUrl, keystoreOwnerUrl, dataDirectories } = databases;
  const clusters = [
    ['data', ownerUrl, dataDirectories.data],
    ['keystore', keystoreOwnerUrl, dataDirectories.keystore],
  ] as const;
  for (const [name, url, directory] of clusters) {
    const ours = await checkpointed(url);
    for (const file of filesBelow(directory)) {
      const place = relative(directory, file);
      const [top, database] = place.split(sep);
      if (top === 'base' && database !== ours && database !== 'pgsql_tmp') continue;
      const bytes = readUnlessGone(file);
      if (bytes !== undefined) yield { place: `cluster ${place}`, bytes };
    }
    const log = join(process.env.PERSONR_TEST_DIRECTORY ?? '', name, 'postgres.log');
    yield { place: `server log of ${name}`, bytes: readFileSync(log) };
  }
}

/** Yields every row of every table of both databases, as text, decompressed. */
export async function* tableRows({ databases }: House): AsyncGenerator<Resting> {
  for (const url of [databases.ownerUrl, databases.keystoreOwnerUrl]) {
    const { rows: tables } = await query<{ name: string }>(
      url,
      `select quote_ident(relname) as name from pg_catalog.pg_class
        where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
    for (const { name } of tables) {
      const { rows } = await query<{ text: string }>(url, `select t::text as text from ${name} t`);
      for (const { text } of rows) yield { place: `table ${name}`, bytes: Buffer.from(text) };
    }
  }
}

/** Yields every file below `directory` with its name, as what `place` holds. */
export function* filesIn(place: string, directory: string): Generator<Resting> {
  for (const file of filesBelow(directory)) {
    const bytes = readUnlessGone(file);
    if (bytes !== undefined) yield { place, bytes: Buffer.concat([Buffer.from(file), bytes]) };
  }
}

/** Yields the log of the Redis that this run of the tests started. Throws when it started none. */
export function* redisLog(): Generator<Resting> {
  const log = join(process.env.PERSONR_TEST_DIRECTORY ?? '', 'redis', 'redis.log');
  yield { place: 'server log of redis', bytes: readFileSync(log) };
}

/** Yields every key of Redis and all it holds. */
export async function* redisValues({ redisUrl }: House): AsyncGenerator<Resting> {
  const redis = new Redis(redisUrl);
  for (const key of await redis.keys('*')) {
    const held = await heldUnder(redis, key);
    yield { place: `redis ${key}`, bytes: Buffer.from(JSON.stringify([key, held])) };
  }
  await redis.quit();
}

async function heldUnder(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === 'string') return redis.get(key);
  if (type === 'hash') return redis.hgetall(key);
  if (type === 'list') return redis.lrange(key, 0, -1);
  if (type === 'set') return redis.smembers(key);
  if (type === 'zset') return redis.zrange(key, 0, -1, 'WITHSCORES');
  if (type === 'stream') return redis.xrange(key, '-', '+');
  if (type === 'none') return null;
  throw new Error(`Redis holds a ${type}, which this scan cannot read`);
}

/** Writes everything out and returns the name of the database's directory. */
async function checkpointed(url: string): Promise<string> {
  await query(url, 'checkpoint');
  const { rows } = await query<{ oid: string }>(
    url,
    'select oid::text from pg_catalog.pg_database where datname = current_database()',
  );
  return rows[0]?.oid ?? '';
}

/** WAL segments are recycled, and files of other specs go, while we read. */
function readUnlessGone(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function query<Row extends object>(url: string, sql: string): Promise<pg.QueryResult<Row>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<Row>(sql);
  } finally {
    await client.end();
  }
}
