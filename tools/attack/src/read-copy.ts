import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@personr/stack';
import type pg from 'pg';
import { type Copy, withClient } from './copies.js';
import { rootIn } from './formats.js';
import { type Facts, type Left, type RootCopy, type Rows } from './loot.js';
import { PACKAGE } from './person.js';
import { readData } from './read-data.js';
import { readKeyStore } from './read-keystore.js';
import { filesBelow, type Resting } from './search.js';

/** Both clusters of a copy, running again. The URLs are superusers'. */
export type OldServers = {
  readonly data: PostgresServer;
  readonly keystore: PostgresServer;
  readonly urls: DatabaseUrls;
  readonly stop: () => Promise<void>;
};

/** Both databases, as their owners know them. */
export type DatabaseUrls = { readonly data: string; readonly keystore: string };

const NAMES = { data: 'personr', keystore: 'personr_keystore' };

/** Starts both clusters of a copy as servers. */
export async function startOldServers({ name, directory }: Copy): Promise<OldServers> {
  const start = (cluster: keyof typeof NAMES) =>
    startPostgres({
      directory: join(directory, cluster),
      name: `old ${cluster} (${name})`,
      settings: { fsync: 'off', shared_buffers: '32MB' },
    });
  const [data, keystore] = await Promise.all([start('data'), start('keystore')]);
  const urls = {
    data: new URL(`/${NAMES.data}`, data.url).href,
    keystore: new URL(`/${NAMES.keystore}`, keystore.url).href,
  };
  return {
    data,
    keystore,
    urls,
    stop: async () => {
      await Promise.all([data.stop(), keystore.stop()]);
    },
  };
}

/** Reads everything of both databases as their superuser, whom row security does not hold back, and what lies in `home` beside them. */
export async function readRows(urls: DatabaseUrls, home: string, facts: Facts): Promise<Rows> {
  const objects = join(home, 'objects');
  const keys = await withClient(urls.keystore, async (client) => ({
    ...(await readKeyStore(client)),
    texts: await textsOf(client, 'key store'),
  }));
  const data = await withClient(urls.data, async (client) => ({
    ...(await readData(client, objects, facts)),
    texts: await textsOf(client, 'data'),
  }));
  return {
    wraps: keys.wraps,
    inForce: keys.inForce,
    things: data.things,
    unguessable: data.unguessable,
    tags: [...keys.tags, ...data.tags],
    left: [...keys.left, ...data.left, ...objectsLeft(objects, facts)],
    texts: [...keys.texts, ...data.texts],
  };
}

/** Lies in every replica beside the tenants' roots, and is none. */
const REPLICA_MARK = 'replica';

/** Every root that lies on a replica of the keyring in `home`, finished or not; and every file that has no business there. */
export function readKeyring(home: string): RootCopy[] {
  return [...filesBelow(join(home, 'keyring'), '')].flatMap(({ place, bytes }) => {
    const [, replica = '', tenantId = '', file = ''] = place.split('/');
    if (tenantId === REPLICA_MARK && file === '') return [];
    return [{ replica, tenantId, rootId: file.replace(/\.new$/, ''), key: rootIn(bytes) }];
  });
}

/** A file of a document or of a package, finished or not, of whichever version, by the subject in its path. */
export const objectsLeft = (objects: string, { subjects }: Facts): Left[] =>
  [...filesBelow(objects, '')].map(({ place }) => {
    const [, , subjectId = '', file = ''] = place.split('/');
    const held = subjects.get(subjectId);
    const at = held?.documentIds.findIndex((id) => file.startsWith(id)) ?? -1;
    return { store: `object:${held?.person.documents[at]?.element ?? PACKAGE}`, subjectId };
  });

/** Every table row by row as text: what the server keeps compressed is not, here. */
export async function textsOf(client: pg.Client, database: string): Promise<Resting[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_catalog.pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  const texts: Resting[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ text: string }>(`select t::text as text from ${name} t`);
    const bytes = Buffer.from(rows.map(({ text }) => text).join('\n'));
    texts.push({ place: `table ${name} of ${database}`, bytes });
  }
  return texts;
}
