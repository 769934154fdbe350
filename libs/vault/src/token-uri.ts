import { DomainError } from '@personr/kernel';
import { type TokenAddress } from './replica.token.js';

/**
 * Reads the address of a token from a PKCS#11 URI (RFC 7512): `pkcs11:token=LABEL?module-path=/LIBRARY&pin-source=file:/PIN-FILE`,
 * percent-encoded. A PIN in the address itself is refused. Throws `CONFIG_INVALID`.
 */
export function parseTokenUri(uri: string): TokenAddress {
  const [, path, query] = /^pkcs11:([^?]*)\?(.*)$/.exec(uri) ?? [];
  const label = attributeOf(path, ';', 'token');
  const library = attributeOf(query, '&', 'module-path');
  const pinFile = attributeOf(query, '&', 'pin-source')?.replace(/^file:(?:\/\/)?/, '');
  if (!label || !library?.startsWith('/') || !pinFile?.startsWith('/')) {
    throw new DomainError(
      'CONFIG_INVALID',
      'A token is given as "pkcs11:token=LABEL?module-path=/LIBRARY&pin-source=file:/PIN-FILE" (RFC 7512).',
    );
  }
  return { library, label, pinFile };
}

function attributeOf(text: string | undefined, separator: string, name: string): string | undefined {
  const found = text?.split(separator).find((part) => part.startsWith(`${name}=`));
  try {
    return found === undefined ? undefined : decodeURIComponent(found.slice(name.length + 1));
  } catch {
    return undefined;
  }
}
