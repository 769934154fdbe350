import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { backUp, load, openSandbox, type OwnerEnvironment, replay } from '@personr/ops';
import { withClient } from './copies.js';
import { type Facts, type Rows } from './loot.js';
import { at, type Parts, readThroughOldProduct, replicasOf } from './old-product.js';
import { textsOf } from './read-copy.js';
import { readData } from './read-data.js';
import { type Scene } from './scene.js';
import { filesBelow, type Resting } from './search.js';
import { type ProductReading } from './through-product.js';

/** What a backup came to, restored and replayed beside some key store. */
export type RestoredBackup = {
  /** What it holds, as it was loaded and not yet replayed. */
  readonly rows: Rows;
  /** An api over it, asked for everybody. */
  readonly reading: ProductReading;
  /** What that api was put together from. Its server runs until the scene ends. */
  readonly parts: Parts;
};

/** Has the product make a portable backup. Returns where it lies. */
export async function backUpNow({ stack, home, say }: Scene): Promise<string> {
  const directory = join(home, 'portable');
  await backUp({ ...stack.env, DATA_OWNER_URL: stack.dataOwnerUrl }, directory, () => undefined);
  say('a portable backup was made');
  return directory;
}

/** The files of a backup but for the documents, which are sealed bytes alone. */
export function* filesOf(backup: string): Iterable<Resting> {
  for (const file of filesBelow(backup, 'portable'))
    if (!file.place.startsWith('portable/objects/')) yield file;
}

/** A backup, whom it is about, and the key store and keyring beside which it is restored. Both may be written to. */
export type Restoring = {
  readonly backup: string;
  readonly keys: Pick<Parts, 'keystore' | 'keyring'>;
  readonly facts: Facts;
};

/**
 * Restores a backup by the product's own commands into a server of its own, replays it there, and asks an api over it for
 * everybody, as each Business would. What it holds before the replay is read as it lies.
 */
export async function restored(scene: Scene, { backup, keys, facts }: Restoring): Promise<RestoredBackup> {
  const { stack, say } = scene;
  say('restoring the portable backup');
  const sandbox = await openSandbox(besideKeys(scene, keys));
  stack.atStop(() => sandbox.end());
  const { environment } = sandbox;
  await load(environment, backup, { replace: false, progress: () => undefined });
  const rows = await rowsOf(environment.DATA_OWNER_URL, join(backup, 'objects'), facts);
  await replay(environment);
  const parts = {
    ...keys,
    data: environment.DATA_OWNER_URL,
    objects: fileURLToPath(environment.OBJECT_STORE_URL),
    env: {
      TENANT_DATABASE_URL: environment.TENANT_DATABASE_URL,
      RELAY_DATABASE_URL: environment.RELAY_DATABASE_URL,
      DIRECTORY_DATABASE_URL: environment.DIRECTORY_DATABASE_URL,
    },
  };
  return { rows, reading: await readThroughOldProduct(scene, parts), parts };
}

/** The running product's environment, but with these keys and the evidence that lies beside them. */
function besideKeys({ stack }: Scene, { keystore, keyring }: Restoring['keys']): OwnerEnvironment {
  const { env, stateDirectory, dataOwnerUrl } = stack;
  const evidence = relative(stateDirectory, fileURLToPath(env.EVIDENCE_URL));
  return {
    ...env,
    DATA_OWNER_URL: dataOwnerUrl,
    KEYSTORE_DATABASE_URL: at(env.KEYSTORE_DATABASE_URL, keystore),
    KEYRING_DIRECTORIES: replicasOf(keyring),
    EVIDENCE_URL: pathToFileURL(join(keyring, '..', evidence)).href,
  };
}

/** What lies in a data database and the documents beside it. There is no key. */
const rowsOf = (url: string, objects: string, facts: Facts): Promise<Rows> =>
  withClient(url, async (client) => ({
    wraps: [],
    inForce: new Set<string>(),
    ...(await readData(client, objects, facts)),
    texts: await textsOf(client, 'restored data'),
  }));
