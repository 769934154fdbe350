import { isIP } from 'node:net';
import { DomainError } from '@personr/kernel';

const LONGEST = 500;
/** What the URL standard drops before it reads on, so that two spellings would be one address. */
const BLANK = /[\p{Cc}\s]/u;
const NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/**
 * Reads the URL of a key set: https, a host by its name, the usual port, no credentials and no fragment. `ports`
 * are further ports that are let through. Throws `KEY_SET_REFUSED`.
 */
export function parseJwksUri(text: string, ports: readonly number[] = []): URL {
  const url = text.length <= LONGEST && !BLANK.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null || flawOf(url, ports)) {
    throw new DomainError(
      'KEY_SET_REFUSED',
      `jwksUri is an https URL of at most ${LONGEST} characters with a host name, and no port, credentials or fragment.`,
    );
  }
  return url;
}

// URL has brought every spelling of an IPv4 address (decimal, octal, hexadecimal, short) into the dotted one.
const flawOf = (
  { protocol, hostname, port, username, password, hash }: URL,
  ports: readonly number[],
): boolean =>
  protocol !== 'https:' ||
  username + password + hash !== '' ||
  (port !== '' && !ports.includes(Number(port))) ||
  isIP(hostname) !== 0 ||
  !NAME.test(hostname);
