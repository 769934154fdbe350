import { fromBase64, toBase64 } from './bytes.js';
import { openNote, type NoteVerifier } from './note.js';
import { checkCount, invalid, malformed } from './refusal.js';
import { HASH_BYTES } from './tree.js';

/** A tree head: the log's name (a URL without scheme), its number of entries, its root (32 bytes). */
export type Checkpoint = { origin: string; size: number; root: Uint8Array };

/** A checkpoint whose signature was verified, and the names of the trusted keys that signed it. */
export type SignedCheckpoint = Checkpoint & { signedBy: readonly string[] };

/**
 * Writes the text that a checkpoint signs: origin, size and base64 root, a line each (C2SP tlog-checkpoint).
 * Throws `NOTE_MALFORMED` for an origin that is empty or has a line break, `PROOF_INVALID` for a size or root
 * that cannot be one.
 */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n')) throw malformed('An origin is one line that is not empty.');
  if (root.length !== HASH_BYTES) throw invalid('A root is 32 bytes long.');
  return `${origin}\n${checkCount(size, 'tree size')}\n${toBase64(root)}\n`;
}

const TEXT = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n((?:[^\n]+\n)*)$/;

/**
 * Reads the text of a checkpoint, without its signatures. Extension lines are allowed and mean nothing here.
 * Throws `NOTE_MALFORMED` for anything that is not the one spelling of a checkpoint.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [, origin, digits, base64 = ''] = TEXT.exec(text) ?? [];
  const root = fromBase64(base64);
  const size = Number(digits);
  if (origin === undefined || root?.length !== HASH_BYTES || !Number.isSafeInteger(size)) {
    throw malformed('The checkpoint is not an origin, a size and a root, a line each.');
  }
  return { origin, size, root };
}

/**
 * Opens a signed checkpoint. A key speaks for the log that bears its name and for logs whose names begin with
 * its name and a slash, so one log's key cannot vouch for another log. Throws as `openNote` and
 * `parseCheckpoint` do, and `PROOF_INVALID` when no trusted key that signed it speaks for its origin.
 */
export function openCheckpoint(note: string, verifiers: readonly NoteVerifier[]): SignedCheckpoint {
  const { text, signedBy } = openNote(note, verifiers);
  const checkpoint = parseCheckpoint(text);
  const names = signedBy.map(({ name }) => name);
  if (!names.some((name) => checkpoint.origin === name || checkpoint.origin.startsWith(`${name}/`))) {
    throw invalid('The checkpoint is of a log for which none of the trusted keys speaks.');
  }
  return { ...checkpoint, signedBy: names };
}
