import { createHash } from 'node:crypto';
import { DomainError } from '@personr/kernel';

/** Hands on what is sent, and throws `DIGEST_MISMATCH` at its end when it was not what its SHA-256 announced. Null announces nothing. */
export async function* digested(
  chunks: AsyncIterable<Buffer>,
  sha256: Uint8Array | null,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    if (sha256 !== null) hash.update(chunk);
    yield chunk;
  }
  if (sha256 !== null && !hash.digest().equals(sha256)) {
    throw new DomainError('DIGEST_MISMATCH', 'The bytes that came are not those that Content-Digest names.');
  }
}
