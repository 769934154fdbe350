import {
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Stack } from '@personr/stack';
import { Redis } from 'ioredis';
import pg from 'pg';

/** A copy of everything that rests, made at one instant. Below it lies what lay below the state directory. */
export type Copy = { readonly name: string; readonly directory: string };

/** The two clusters. */
export const CLUSTERS = ['data', 'keystore'] as const;

const NOT_COPIED = new Set(['postmaster.pid', 'lock']);

/** Has Redis write down every command it is sent, and not compress what it saves. */
export async function haveRedisWrite({ env }: Stack): Promise<void> {
  await withRedis(env.REDIS_URL, async (redis) => {
    await redis.config('SET', 'rdbcompression', 'no');
    await redis.config('SET', 'aof-use-rdb-preamble', 'no');
    await redis.config('SET', 'appendonly', 'yes');
  });
}

/**
 * Copies everything: both clusters with all their WAL, as a base backup does it; Redis' files; keyring, documents, evidence,
 * secrets, logs, temporary files.
 */
export async function copyEverything(stack: Stack, name: string, into: string): Promise<Copy> {
  const directory = join(into, name);
  mkdirSync(directory, { mode: 0o711 });
  await withRedis(stack.env.REDIS_URL, (redis) => redis.save());
  for (const cluster of CLUSTERS) await copyCluster(stack, cluster, directory);
  for (const entry of readdirSync(stack.stateDirectory)) {
    const isCluster = (CLUSTERS as readonly string[]).includes(entry);
    if (!isCluster && !NOT_COPIED.has(entry))
      copyTree(join(stack.stateDirectory, entry), join(directory, entry));
  }
  return { name, directory };
}

/** PostgreSQL 18, section 25.3.4: whatever is copied between start and stop is a backup, given the WAL until the stop. */
async function copyCluster(stack: Stack, cluster: (typeof CLUSTERS)[number], into: string): Promise<void> {
  const url = cluster === 'data' ? stack.dataOwnerUrl : stack.keystoreOwnerUrl;
  const [from, to] = [join(stack.stateDirectory, cluster), join(into, cluster)];
  const data = join('cluster', 'data');
  await withClient(url, async (client) => {
    await client.query('select pg_backup_start($1, true)', ['attack']);
    copyTree(from, to);
    const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    copyTree(join(from, data, 'pg_wal'), join(to, data, 'pg_wal'));
    const label = join(to, data, 'backup_label');
    writeFileSync(label, rows[0]?.labelfile ?? '', { mode: 0o600 });
    const { uid, gid } = statSync(join(from, data));
    lchownSync(label, uid, gid);
  });
}

/** Copies a tree whose files may come and go, with their owners. */
export function copyTree(from: string, to: string): void {
  const { uid, gid, mode } = statSync(from);
  mkdirSync(to, { recursive: true, mode });
  lchownSync(to, uid, gid);
  for (const entry of readdirSync(from)) {
    if (NOT_COPIED.has(entry)) continue;
    const [source, target] = [join(from, entry), join(to, entry)];
    unlessGone(() => {
      const stats = statSync(source);
      if (stats.isDirectory()) copyTree(source, target);
      else if (stats.isFile()) {
        copyFileSync(source, target, constants.COPYFILE_FICLONE);
        lchownSync(target, stats.uid, stats.gid);
      }
    });
  }
}

/** Runs `work` with a connection of a cluster's owner, whom row security does not hold back. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` with a connection to Redis. */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

function unlessGone(act: () => void): void {
  try {
    act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Whether there is anything at a path. */
export const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
