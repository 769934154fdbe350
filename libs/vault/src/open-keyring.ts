import { DirectoryKeyring } from './directory.keyring.js';
import { type Keyring } from './keyring.js';
import { type TokenAddress } from './replica.token.js';
import { TokenKeyring } from './token.keyring.js';

/** Where the roots are: in directories of this host, or on tokens of HSMs; two or more of either. */
export type KeyringOptions =
  { readonly keyringDirectories: readonly string[] } | { readonly keyringTokens: readonly TokenAddress[] };

/** The keyring that these options describe. Throws `CONFIG_INVALID`. */
export const openKeyring = (options: KeyringOptions): Keyring =>
  'keyringTokens' in options
    ? new TokenKeyring(options.keyringTokens)
    : new DirectoryKeyring(options.keyringDirectories);
