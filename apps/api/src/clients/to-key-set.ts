import { type KeySetFetcher, type KeySetSource, parseKeySet } from '@personr/access';
import { DomainError } from '@personr/kernel';
import { type JwksBody } from './clients.dto.js';

/**
 * Reads the keys of a body: by value, or where they are published; undefined for neither. Throws
 * `VALIDATION_FAILED` for both, `KEY_SET_REFUSED`.
 */
export function toKeySet(
  { jwks, jwksUri }: { readonly jwks?: JwksBody; readonly jwksUri?: string },
  fetcher: KeySetFetcher,
): KeySetSource | undefined {
  if (jwks !== undefined && jwksUri !== undefined) {
    throw new DomainError('VALIDATION_FAILED', 'Send one of jwks and jwksUri, not both.');
  }
  if (jwksUri !== undefined) return { jwksUri: fetcher.placeOf(jwksUri) };
  return jwks === undefined ? undefined : { jwks: parseKeySet(jwks) };
}
