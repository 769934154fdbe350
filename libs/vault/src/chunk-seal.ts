import { createCipheriv, createDecipheriv } from 'node:crypto';
import { DomainError } from '@personr/kernel';

// The STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
// Nonce-Reuse Misuse-Resistance", 2015. The nonce is a random prefix of the stream, the chunk's place and whether
// it is the last, so that no chunk opens at another place, and no stream that was cut or added to opens to its end.

/** Random bytes that begin the nonce of every chunk of one stream. */
export const PREFIX_BYTES = 7;
/** How much longer a chunk is when it is sealed. */
export const CHUNK_OVERHEAD_BYTES = 16;

const NONCE_BYTES = 12;
const OPTIONS = { authTagLength: CHUNK_OVERHEAD_BYTES };
/** Passed to the cipher at one time: stays in the processor's cache. */
const SLICE_BYTES = 64 * 1024;

/** Where a chunk belongs: in which stream, at which place, and whether the stream ends with it. */
export type ChunkPlace = {
  readonly prefix: Uint8Array;
  readonly context: Uint8Array;
  readonly index: number;
  readonly isLast: boolean;
};

/** Seals a chunk into `target`, which has room for it and its tag. Returns the part of `target` that was written. */
export function sealChunk(
  key: Uint8Array,
  place: ChunkPlace,
  { plaintext, target }: { plaintext: Uint8Array; target: Uint8Array },
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(place), OPTIONS);
  cipher.setAAD(place.context);
  for (let at = 0; at < plaintext.length; at += SLICE_BYTES) {
    target.set(cipher.update(plaintext.subarray(at, at + SLICE_BYTES)), at);
  }
  cipher.final();
  target.set(cipher.getAuthTag(), plaintext.length);
  return target.subarray(0, plaintext.length + CHUNK_OVERHEAD_BYTES);
}

/**
 * Opens what `sealChunk` made at this place. Throws `SEAL_BROKEN` for anything else, and leaves nothing of it in
 * memory.
 */
export function openChunk(key: Uint8Array, place: ChunkPlace, sealed: Uint8Array): Buffer {
  if (sealed.length < CHUNK_OVERHEAD_BYTES) throw broken();
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(place), OPTIONS);
  decipher.setAAD(place.context);
  decipher.setAuthTag(sealed.subarray(-CHUNK_OVERHEAD_BYTES));
  const plaintext = decipher.update(sealed.subarray(0, -CHUNK_OVERHEAD_BYTES));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw broken();
  }
  return plaintext;
}

function nonceOf({ prefix, index, isLast }: ChunkPlace): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.set(prefix, 0);
  nonce.writeUInt32BE(index, PREFIX_BYTES);
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return nonce;
}

const broken = () =>
  new DomainError('SEAL_BROKEN', 'A part of the document is damaged, or was sealed for another place.');
