import { type Clock } from '@personr/kernel';
import { type KeyStoreDatabase } from './key-store.database.js';
import { type Keyring } from './keyring.js';

/** What every act on keys needs: where wrapped keys are, where roots are, and the time. */
export type KeyStore = {
  readonly database: KeyStoreDatabase;
  readonly keyring: Keyring;
  readonly clock: Clock;
};
