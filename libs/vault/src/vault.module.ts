import { type DynamicModule, Module } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { KeyStoreDatabase } from './key-store.database.js';
import { KeyStoreHeads } from './key-store.heads.js';
import { HoldMirror } from './hold-mirror.js';
import { type KeyStore } from './key-store.js';
import { KeyStoreVault } from './key-store.vault.js';
import { type KeyringOptions, openKeyring } from './open-keyring.js';
import { Vault } from './vault.js';
import { VaultProbes } from './vault.probes.js';

/** Where the key store is, where the keyring's replicas are (at least two), and how many connections to hold (default 8). */
export type VaultOptions = KeyringOptions & {
  readonly databaseUrl: string;
  readonly poolSize?: number;
};

const DEFAULT_POOL_SIZE = 8;
const KEY_STORE = Symbol('key store');

/** Provides `Vault`, `VaultProbes` and `KeyStoreHeads` everywhere. Needs a global provider of `Clock`. Its start fails where `checkKeyring` does. */
@Module({})
export class VaultModule {
  static forRoot({ databaseUrl, poolSize, ...keyring }: VaultOptions): DynamicModule {
    const storeAt = (clock: Clock): KeyStore => ({
      database: new KeyStoreDatabase({ databaseUrl, poolSize: poolSize ?? DEFAULT_POOL_SIZE }),
      keyring: openKeyring(keyring),
      clock,
    });
    return {
      module: VaultModule,
      global: true,
      providers: [
        { provide: KEY_STORE, inject: [Clock], useFactory: storeAt },
        { provide: Vault, inject: [KEY_STORE], useFactory: (store: KeyStore) => new KeyStoreVault(store) },
        {
          provide: VaultProbes,
          inject: [KEY_STORE],
          useFactory: (store: KeyStore) => new VaultProbes(store),
        },
        {
          provide: HoldMirror,
          inject: [KEY_STORE],
          useFactory: ({ database }: KeyStore) => new HoldMirror(database),
        },
        {
          provide: KeyStoreHeads,
          inject: [KEY_STORE],
          useFactory: (store: KeyStore) => new KeyStoreHeads(store),
        },
      ],
      exports: [Vault, VaultProbes, KeyStoreHeads, HoldMirror],
    };
  }
}
