import { DirectoryKeyring } from './directory.keyring.js';
import { type Keyring } from './keyring.js';
import { type KeyringPlaces } from './read-keyring.js';
import { TokenKeyring } from './token.keyring.js';

/** The keyring that is there: two or more replicas of either kind. Throws `CONFIG_INVALID`. */
export const openKeyring = ({ keyringDirectories, keyringTokens = null }: KeyringPlaces): Keyring =>
  keyringTokens === null ? new DirectoryKeyring(keyringDirectories) : new TokenKeyring(keyringTokens);
