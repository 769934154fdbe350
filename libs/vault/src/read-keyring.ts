import { configInvalid, type Variables } from '@personr/kernel';
import { type TokenAddress } from './replica.token.js';
import { parseTokenUri } from './token-uri.js';

/** Where the roots are, as a process is told: in directories, or on tokens when there are any. */
export type KeyringPlaces = {
  readonly keyringDirectories: readonly string[];
  readonly keyringTokens?: readonly TokenAddress[] | null | undefined;
};

/**
 * Reads `KEYRING_TOKENS`, PKCS#11 URIs (RFC 7512) with spaces between, or `KEYRING_DIRECTORIES`, directories with colons
 * between. Throws `CONFIG_INVALID`, naming the variable.
 */
export function readKeyring({ KEYRING_TOKENS, KEYRING_DIRECTORIES = '' }: Variables): KeyringPlaces {
  if (KEYRING_TOKENS !== undefined) {
    const keyringTokens = KEYRING_TOKENS.trim().split(/\s+/).map(parseTokenUri);
    return { keyringDirectories: [], keyringTokens };
  }
  if (KEYRING_DIRECTORIES === '') throw configInvalid('KEYRING_DIRECTORIES must be set.');
  const keyringDirectories = KEYRING_DIRECTORIES.split(':');
  if (keyringDirectories.includes(''))
    throw configInvalid('KEYRING_DIRECTORIES must be directories with a colon between.');
  return { keyringDirectories, keyringTokens: null };
}
