import { type Probe } from '@personr/kernel';
import { type KeyStore } from './key-store.js';

/** The vault's answers for `/health/ready`. */
export class VaultProbes {
  /** Resolves with `keyStoreDurability` when the key store answers. */
  readonly keyStore: Probe;

  /** Resolves with the number of `replicas` when every one is there and private. */
  readonly keyring: Probe;

  constructor({ database, keyring }: Pick<KeyStore, 'database' | 'keyring'>) {
    this.keyStore = {
      name: 'keyStore',
      check: async () => ({ keyStoreDurability: await database.durability() }),
    };
    this.keyring = {
      name: 'keyring',
      check: async () => ({ replicas: String(await keyring.check()) }),
    };
  }

  /** Both. */
  get all(): readonly Probe[] {
    return [this.keyStore, this.keyring];
  }
}
