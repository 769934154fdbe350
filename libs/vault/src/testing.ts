import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock } from '@personr/kernel';
import { DirectoryKeyring } from './directory.keyring.js';
import { HoldMirror } from './hold-mirror.js';
import { KeyStoreDatabase } from './key-store.database.js';
import { KeyStoreHeads } from './key-store.heads.js';
import { IntentMirror } from './intent-mirror.js';
import { KeyStoreTide } from './key-store.tide.js';
import { MarkMirror } from './mark-mirror.js';
import { KeyStoreVault } from './key-store.vault.js';
import { type Vault } from './vault.js';

export type TestVault = {
  readonly vault: Vault;
  readonly heads: KeyStoreHeads;
  readonly holds: HoldMirror;
  readonly intents: IntentMirror;
  readonly marks: MarkMirror;
  readonly tide: KeyStoreTide;
  readonly keyringDirectories: readonly string[];
  /** Ends the connections and removes the keyring. */
  close(): Promise<void>;
};

/** A whole vault over a test's key store, with a keyring of its own in two new directories. */
export async function openTestVault(options: { keystoreUrl: string; clock: Clock }): Promise<TestVault> {
  const home = await mkdtemp(join(tmpdir(), 'personr-keyring-'));
  const keyringDirectories = [join(home, 'first'), join(home, 'second')];
  const database = new KeyStoreDatabase({ databaseUrl: options.keystoreUrl, poolSize: 4 });
  const keyring = new DirectoryKeyring(keyringDirectories);
  const store = { database, keyring, clock: options.clock };
  const vault = new KeyStoreVault(store);
  await vault.onModuleInit();
  return {
    vault,
    heads: new KeyStoreHeads(store),
    holds: new HoldMirror(database),
    intents: new IntentMirror(store),
    marks: new MarkMirror(store),
    tide: new KeyStoreTide(database),
    keyringDirectories,
    async close() {
      await database.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
