import { DomainError } from '@personr/kernel';
import { fromBase64, same, toBase64, utf8 } from './bytes.js';
import { invalid, malformed } from './refusal.js';

/** Signs notes. `keyId` is 4 bytes; with `name` it says which key and algorithm signed. */
export type NoteSigner = {
  readonly name: string;
  readonly keyId: Uint8Array;
  /** Returns the raw signature over the text's UTF-8 bytes. */
  sign(text: Uint8Array): Uint8Array;
};

/** Verifies one key's signatures on notes. */
export type NoteVerifier = {
  readonly name: string;
  readonly keyId: Uint8Array;
  /** Says whether `signature` is this key's over `text`. Never throws. */
  verify(text: Uint8Array, signature: Uint8Array): boolean;
};

/** A note's text (it ends in a line break) and the trusted keys whose signatures on it are good. */
export type OpenedNote = { text: string; signedBy: readonly NoteVerifier[] };

/** Bytes of a key id. */
export const KEY_ID_BYTES = 4;

const MAX_SIGNATURES = 100;
const LINE = /^\u2014 ([^ ]+) ([^ ]+)$/u;
// eslint's no-control-regex would refuse these as a literal: every ASCII control character but line feed.
const CONTROL = new RegExp('[\\u0000-\\u0009\\u000b-\\u001f]', 'u');

/** Says whether `name` can name a key: not empty, no Unicode space, no plus. C2SP signed-note, "Format". */
export const isKeyName = (name: string): boolean =>
  name !== '' && name.isWellFormed() && !/[\s\u0085+]/u.test(name) && !CONTROL.test(name);

/**
 * Signs `text` with every signer, in order. Returns the note: text, blank line, a line a signature (C2SP
 * signed-note). Throws `NOTE_MALFORMED` when the text does not end in a line break or has other control
 * characters or there is no signer, `KEY_MALFORMED` for a signer whose name or key id cannot be one.
 */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  if (!isNoteText(text)) throw malformed('A note is UTF-8 text that ends in a line break.');
  if (signers.length === 0) throw malformed('A note needs a signature.');
  return `${text}\n${signers.map((signer) => signatureLine(text, signer)).join('')}`;
}

/** The line under `text` that `signer` signs. Throws `KEY_MALFORMED` for a name or key id that cannot be one. */
export function signatureLine(text: string, signer: NoteSigner): string {
  const { name, keyId } = signer;
  if (!isKeyName(name) || keyId.length !== KEY_ID_BYTES) {
    throw new DomainError('KEY_MALFORMED', 'A key has a name without spaces or plus, and an id of 4 bytes.');
  }
  const signature = signer.sign(utf8(text));
  return `\u2014 ${name} ${toBase64(Uint8Array.of(...keyId, ...signature))}\n`;
}

/**
 * Returns the text once a trusted key has signed it. Signatures of unknown keys are ignored, also under a
 * known name. Throws `NOTE_MALFORMED` for what is not a note, `PROOF_INVALID` when the signature of a trusted
 * key fails (even beside a good one) and when no trusted key signed. C2SP signed-note, "Signatures".
 */
export function openNote(note: string, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, lines } = readNote(note);
  const known = verifiedLines(text, lines, verifiers);
  if (known.length === 0) throw invalid('None of the trusted keys signed this.');
  return { text, signedBy: [...new Set(known.map(({ key }) => key))] };
}

/** A line of a note: who signed, by name and key id, and the raw signature. `line` is how it was written. */
export type SignatureLine = { name: string; keyId: Uint8Array; signature: Uint8Array; line: string };

/** Takes a note apart and verifies nothing. Throws `NOTE_MALFORMED` for what is not a note. */
export function readNote(note: string): { text: string; lines: readonly SignatureLine[] } {
  const end = note.lastIndexOf('\n\n');
  const lines = note.slice(end + 2).split('\n');
  if (end < 0 || !isNoteText(note) || lines.length - 1 > MAX_SIGNATURES) {
    throw malformed('A note is text, a blank line and signature lines.');
  }
  return { text: note.slice(0, end + 1), lines: lines.slice(0, -1).map(parseSignatureLine) };
}

/**
 * The lines that are under the name and id of one of the keys, each with its key. Throws `PROOF_INVALID` when
 * one of them is not that key's signature on `text`.
 */
export function verifiedLines<Key extends NoteVerifier>(
  text: string,
  lines: readonly SignatureLine[],
  keys: readonly Key[],
): { key: Key; line: SignatureLine }[] {
  const known = lines.flatMap((line) => keys.filter(isKeyOf(line)).map((key) => ({ key, line })));
  const bytes = utf8(text);
  if (!known.every(({ key, line }) => key.verify(bytes, line.signature))) {
    throw invalid('A signature under the name of a trusted key is not that key’s.');
  }
  return known;
}

/** Reads a signature line, without its line break. Throws `NOTE_MALFORMED` for another text. */
export function parseSignatureLine(line: string): SignatureLine {
  const [, name = '', base64 = ''] = LINE.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_BYTES) {
    throw malformed('A signature line is a dash, a key name and a base64 signature.');
  }
  return { name, keyId: bytes.slice(0, KEY_ID_BYTES), signature: bytes.slice(KEY_ID_BYTES), line };
}

const isKeyOf =
  (line: SignatureLine) =>
  (key: NoteVerifier): boolean =>
    key.name === line.name && same(key.keyId, line.keyId);

const isNoteText = (text: string): boolean =>
  text.endsWith('\n') && text.isWellFormed() && !CONTROL.test(text);
