import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, keeper, type Stack } from '@personr/stack';
import { withClient } from './copies.js';
import { Door } from './door.js';
import { type ProductReading, readThroughProduct } from './through-product.js';
import { type Scene } from './scene.js';

/** What the product is put together from: databases as their owners know them, and directories. */
export type Parts = {
  readonly data: string;
  readonly keystore: string;
  readonly keyring: string;
  readonly objects: string;
  /** More for its environment, or other values. */
  readonly env?: Readonly<Record<string, string>>;
};

const API = fileURLToPath(new URL('../../../apps/api/dist/main.js', import.meta.url));
const READY_MILLISECONDS = 180_000;
const LOOK_MILLISECONDS = 50;

/** Starts an api over these parts, asks it for everybody as each Business would, and ends it. */
export const readThroughOldProduct = (
  scene: Scene,
  parts: Parts,
  knowsHolds = true,
): Promise<ProductReading> =>
  withOldProduct(scene, parts, ({ url, child }) =>
    ready(child, `${url}/health/ready`).then(() =>
      readThroughProduct(scene.businesses, ({ door: { tenant } }) => new Door(url, tenant), {
        marks: scene.marker,
        knowsHolds,
      }),
    ),
  );

/** The same, for one that is expected to be closed: it is asked as soon as it lives, with tokens of the product that runs. */
export const askClosedProduct = (scene: Scene, parts: Parts): Promise<ProductReading> =>
  withOldProduct(scene, parts, ({ url, child }) =>
    ready(child, `${url}/health/live`).then(() =>
      readThroughProduct(scene.businesses, ({ door }) => new Door(url, door.tenant, door), {
        marks: scene.marker,
      }),
    ),
  );

/**
 * Gives an older data database the mark that goes with this key store, and has the store say that nothing was written
 * down in it since, neither an order nor a hold nor how far a log was signed: what an attacker would do who can write to
 * copies of both, to have the product open over them.
 */
export async function forgeMarks({ data, keystore }: Pick<Parts, 'data' | 'keystore'>): Promise<void> {
  const mark = await withClient(data, async (client) => {
    await client.query("update tide set mark = '0193b1d0-0000-7000-8000-000000000001', restore_id = null");
    return (await client.query<{ mark: string }>('select mark from tide')).rows[0]?.mark;
  });
  await withClient(keystore, async (client) => {
    await client.query('delete from last_signed');
    await client.query(
      `insert into tide (mark, rolled_at) values ($1, now() + interval '1 hour')
       on conflict (one) do update set mark = excluded.mark, next = null, rolled_at = excluded.rolled_at`,
      [mark],
    );
  });
}

type OldProduct = { readonly url: string; readonly child: ChildProcess };

async function withOldProduct<T>(
  scene: Scene,
  parts: Parts,
  work: (product: OldProduct) => Promise<T>,
): Promise<T> {
  const port = String(await freePort());
  const { PUBLIC_URL } = scene.stack.env;
  const child = start(scene, { ...environmentOf(scene.stack, parts), PORT: port, PUBLIC_URL });
  try {
    return await work({ url: `http://127.0.0.1:${port}`, child });
  } finally {
    await end(child);
  }
}

/** The parts of the running product. */
export const livingParts = ({ stateDirectory, dataOwnerUrl, keystoreOwnerUrl }: Stack): Parts => ({
  data: dataOwnerUrl,
  keystore: keystoreOwnerUrl,
  keyring: join(stateDirectory, 'keyring'),
  objects: join(stateDirectory, 'objects'),
});

/** The same login of another server. */
export function at(url: string, owner: string): string {
  const moved = new URL(url);
  moved.port = new URL(owner).port;
  return moved.href;
}

/** Both replicas of a keyring, as the apps are told. */
export const replicasOf = (keyring: string): string =>
  ['a', 'b'].map((replica) => join(keyring, replica)).join(':');

function environmentOf({ env }: Stack, { data, keystore, keyring, objects, env: own }: Parts) {
  return {
    PATH: process.env.PATH,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'trace',
    NODE_ENV: env.NODE_ENV,
    REDIS_URL: env.REDIS_URL,
    TOKEN_KEY_FILE: env.TOKEN_KEY_FILE,
    TENANT_DATABASE_URL: at(env.TENANT_DATABASE_URL, data),
    RELAY_DATABASE_URL: at(env.RELAY_DATABASE_URL, data),
    DIRECTORY_DATABASE_URL: at(env.DIRECTORY_DATABASE_URL, data),
    KEYSTORE_DATABASE_URL: at(env.KEYSTORE_DATABASE_URL, keystore),
    KEYRING_DIRECTORIES: replicasOf(keyring),
    OBJECT_STORE_URL: new URL(`file://${objects}`).href,
    PERSONR_PARENT_PIPE: '1',
    ...own,
  };
}

function start(scene: Scene, env: Readonly<Record<string, string | undefined>>): ChildProcess {
  const log = openSync(join(scene.home, 'old-product.log'), 'a', 0o600);
  const child = spawn(process.execPath, [API], { env, stdio: ['pipe', log, log] });
  if (child.pid !== undefined) keeper.guard(child.pid, 'SIGTERM');
  return child;
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = performance.now() + READY_MILLISECONDS;
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await pause(LOOK_MILLISECONDS);
  }
  throw new Error(`an api over an old database did not answer at ${url}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await gone;
  if (child.pid !== undefined) keeper.release(child.pid);
}
