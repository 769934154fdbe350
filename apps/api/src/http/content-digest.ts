import { type IncomingHttpHeaders } from 'node:http';
import { DomainError } from '@personr/kernel';

// RFC 9530, section 2: a dictionary of byte sequences (RFC 8941, section 3.3.5).
const MEMBER = /^\s*([a-z*][a-z0-9_.*-]*)\s*=\s*:([A-Za-z0-9+/]*={0,2}):\s*$/;
const SHA256_BYTES = 32;

/** As `announcedSha256`, of the headers of a request. */
export function digestIn({ 'content-digest': digest }: IncomingHttpHeaders): Uint8Array | null {
  return announcedSha256(Array.isArray(digest) ? digest.join(', ') : digest);
}

/**
 * The SHA-256 that a `Content-Digest` announces, or null without the header. Digests of other algorithms beside it
 * are not looked at. Throws `VALIDATION_FAILED` when it is malformed or announces no SHA-256.
 */
export function announcedSha256(header: string | undefined): Uint8Array | null {
  if (header === undefined) return null;
  const members = header.split(',').map((member) => MEMBER.exec(member));
  const sha256 = members.find((member) => member?.[1] === 'sha-256')?.[2];
  const bytes = sha256 === undefined ? undefined : Buffer.from(sha256, 'base64');
  if (members.includes(null) || bytes?.length !== SHA256_BYTES) {
    throw new DomainError('VALIDATION_FAILED', 'Content-Digest must be sha-256=:<base64 of 32 bytes>:.');
  }
  return bytes;
}

/** A SHA-256 as a digest header says it (RFC 9530). */
export const digestHeader = (sha256: Uint8Array): string =>
  `sha-256=:${Buffer.from(sha256).toString('base64')}:`;
