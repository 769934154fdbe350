import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { utf8 } from './bytes.js';
import { readNote } from './note.js';
import { invalid } from './refusal.js';

/** Bytes of the salt of an entry of the meta-log. */
export const META_SALT_BYTES = 32;

/**
 * The entry of the meta-log that stands for a tenant's checkpoint: the 32 bytes SHA-256(salt + text), where text is
 * the checkpoint as it was signed, without blank line and signatures. So it shows neither whose log it is nor how
 * large, and cosignatures that come later change nothing. `checkpoint` is the signed note. Throws `NOTE_MALFORMED`
 * unless it is one, `PROOF_INVALID` unless the salt is 32 bytes.
 */
export function metaEntry(salt: Uint8Array, checkpoint: string): Uint8Array {
  if (salt.length !== META_SALT_BYTES) throw invalid('The salt of an entry of the meta-log is 32 bytes.');
  return sha256(concatBytes(salt, utf8(readNote(checkpoint).text)));
}
