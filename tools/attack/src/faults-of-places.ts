import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Story } from './story.js';
import { copyTree, withClient, withRedis } from './copies.js';
import { type Fault } from './faults.js';
import { type Loot } from './loot.js';
import { PACKAGE } from './person.js';
import { objectsLeft, textsOf } from './read-copy.js';
import { type Scene } from './scene.js';
import { filesBelow, type Resting } from './search.js';

const LONG = 2000;

/** Values that were written down on the side, and rows and files that stayed. */
export const placeFaults = (scene: Scene, story: Story): Fault[] => [
  ...clearFaults(scene, story),
  ...leftFaults(scene, story),
];

function clearFaults(scene: Scene, { old }: Story): Fault[] {
  const { stack, home, marker } = scene;
  const value = marker.text('planted');
  const clear = (name: string, plant: () => Iterable<Resting> | Promise<Iterable<Resting>>): Fault => ({
    name,
    claim: 'nothing-in-the-clear',
    plant: async (loot) => ({ ...loot, planted: [...(await plant())] }),
  });
  const file = (name: string, bytes: string | Buffer) => () => {
    const directory = join(home, 'planted', name);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, name), bytes);
    return filesBelow(directory, 'planted');
  };
  const identity = scene.businesses[0]?.people[0]?.person.identities[1]?.value ?? '';
  return [
    clear('a value in a log line', file('worker.log', `{"level":50,"error":"duplicate key (${value})"}\n`)),
    clear('a value in UTF-16 in a temporary file', file('tmp', Buffer.from(value, 'utf16le'))),
    clear('a file name of a consumer in an object name', file(value, 'sealed')),
    clear('a plain hash of an e-mail in the evidence', file('entry', sha256Of(identity))),
    clear(
      'a value in a table of a portable backup',
      file('record.copy', `\\\\x${Buffer.from(value).toString('hex')}\n`),
    ),
    clear('a value in a compressed dump', file('dump', Buffer.concat([Buffer.alloc(9), gzipSync(value)]))),
    clear('a value in a job in Redis, removed since', async () => {
      await withRedis(stack.env.REDIS_URL, async (redis) => {
        await redis.hset('bull:work:planted', 'data', Buffer.from(`{"value":"${value}"}`).toString('base64'));
        await redis.del('bull:work:planted');
      });
      return filesBelow(join(stack.stateDirectory, 'redis'), 'redis');
    }),
    clear('a value in the WAL, its row deleted since', async () => {
      await withClient(stack.dataOwnerUrl, async (client) => {
        await client.query('create table planted (value bytea)');
        await client.query('insert into planted values ($1)', [Buffer.from(value)]);
        await client.query('drop table planted');
      });
      return filesBelow(join(stack.stateDirectory, 'data', 'cluster', 'data', 'pg_wal'), 'pg_wal');
    }),
    clear('a value that the server keeps compressed', async () =>
      withClient(old.urls.data, async (client) => {
        await client.query('create table planted (value text)');
        await client.query('insert into planted values (repeat($1, $2::int))', [value.slice(0, 20), LONG]);
        return (await textsOf(client, 'data')).filter(({ place }) => place.includes('planted'));
      }),
    ),
  ];
}

function leftFaults({ home }: Scene, { copies }: Story): Fault[] {
  const left = (name: string, store: string): Fault => ({
    name,
    claim: 'nothing-is-left',
    plant: (loot) => leaving(loot, (one) => one.store === store),
  });
  return [
    left('the row of a value is left', 'record:FULL_NAME'),
    left('the row of a person is left', 'subject'),
    left('a package of a person is left', `package:${PACKAGE}`),
    left('an index entry is left', 'index_entry:EMAIL_ADDRESS'),
    left('a pack of keys is left', 'pack'),
    {
      name: 'an older version of a document is kept',
      claim: 'nothing-is-left',
      plant: (loot) => {
        const objects = join(home, 'planted-objects');
        copyTree(join(copies[0]?.directory ?? '', 'objects'), objects);
        const { after } = loot.living;
        const kept = { ...after, left: [...after.left, ...objectsLeft(objects, loot.facts)] };
        return { ...loot, living: { ...loot.living, after: kept } };
      },
    },
  ];
}

/** One of those things of an erased person that there were before is still there. */
function leaving(loot: Loot, isMeant: (left: Loot['rows'][number]['left'][number]) => boolean): Loot {
  const { after } = loot.living;
  const stayed = loot.rows[0]?.left.find(
    (one) => isMeant(one) && loot.facts.subjects.get(one.subjectId)?.person.fate === 'ERASED',
  );
  if (stayed === undefined) throw new Error('there was no such thing before');
  return { ...loot, living: { ...loot.living, after: { ...after, left: [...after.left, stayed] } } };
}

const sha256Of = (text: string): Buffer => createHash('sha256').update(text).digest();
