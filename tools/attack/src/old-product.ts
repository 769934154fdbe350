import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, keeper, type Stack } from '@personr/stack';
import { Door } from './door.js';
import { type ProductReading, readThroughProduct } from './through-product.js';
import { type Scene } from './scene.js';

/** What the product is put together from: databases as their owners know them, and directories. */
export type Parts = {
  readonly data: string;
  readonly keystore: string;
  readonly keyring: string;
  readonly objects: string;
};

const API = fileURLToPath(new URL('../../../apps/api/dist/main.js', import.meta.url));
const READY_MILLISECONDS = 60_000;
const LOOK_MILLISECONDS = 50;

/** Starts an api over these parts, asks it for everybody as each Business would, and ends it. */
export async function readThroughOldProduct(scene: Scene, parts: Parts): Promise<ProductReading> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = start(scene, { ...environmentOf(scene.stack, parts), PORT: String(port), PUBLIC_URL: url });
  try {
    await ready(child, url);
    const { businesses, marker } = scene;
    return await readThroughProduct(businesses, ({ door: { tenant } }) => new Door(url, tenant), marker);
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

function environmentOf({ env }: Stack, { data, keystore, keyring, objects }: Parts) {
  const at = (url: string, owner: string): string => {
    const moved = new URL(url);
    moved.port = new URL(owner).port;
    return moved.href;
  };
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
    KEYRING_DIRECTORIES: ['a', 'b'].map((replica) => join(keyring, replica)).join(':'),
    OBJECT_STORE_URL: new URL(`file://${objects}`).href,
    PERSONR_PARENT_PIPE: '1',
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
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await pause(LOOK_MILLISECONDS);
  }
  throw new Error('an api over an old database did not become ready');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  await gone;
  if (child.pid !== undefined) keeper.release(child.pid);
}
