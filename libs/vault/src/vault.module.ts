import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { KeyStoreDatabase } from './key-store.database.js';
import { KeyStoreHeads } from './key-store.heads.js';
import { HoldMirror } from './hold-mirror.js';
import { IntentMirror } from './intent-mirror.js';
import { KeyStoreTide } from './key-store.tide.js';
import { MarkMirror } from './mark-mirror.js';
import { type KeyStore } from './key-store.js';
import { KeyStoreVault } from './key-store.vault.js';
import { openKeyring } from './open-keyring.js';
import { type KeyringPlaces } from './read-keyring.js';
import { Vault } from './vault.js';
import { VaultProbes } from './vault.probes.js';

/** Where the key store is, where the keyring's replicas are (at least two), and how many connections to hold (default 8). */
export type VaultOptions = KeyringPlaces & {
  readonly databaseUrl: string;
  readonly poolSize?: number;
};

const DEFAULT_POOL_SIZE = 8;
const KEY_STORE = Symbol('key store');

const over = <Part>(provide: Type<Part>, make: (store: KeyStore) => Part): Provider => ({
  provide,
  inject: [KEY_STORE],
  useFactory: make,
});

/** What the data database would have forgotten when an older one is restored. */
const MIRRORS: readonly Provider[] = [
  over(KeyStoreHeads, (store) => new KeyStoreHeads(store)),
  over(KeyStoreTide, ({ database }) => new KeyStoreTide(database)),
  over(HoldMirror, ({ database }) => new HoldMirror(database)),
  over(IntentMirror, (store) => new IntentMirror(store)),
  over(MarkMirror, (store) => new MarkMirror(store)),
];

/** Provides `Vault`, `VaultProbes` and what the key store remembers for the data database everywhere. Needs a global provider of `Clock`. Its start fails where `checkKeyring` does. */
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
        ...MIRRORS,
      ],
      exports: [Vault, VaultProbes, KeyStoreHeads, KeyStoreTide, HoldMirror, IntentMirror, MarkMirror],
    };
  }
}
