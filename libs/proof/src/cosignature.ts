import { concatBytes } from '@noble/hashes/utils.js';
import { fromUtf8, utf8 } from './bytes.js';
import {
  type NoteSigner,
  type NoteVerifier,
  parseSignatureLine,
  readNote,
  signatureLine,
  verifiedLines,
} from './note.js';
import { checkCount, malformed } from './refusal.js';
import {
  COSIGNATURE_KEY,
  type Ed25519Verify,
  keyIdOf,
  publicKeyOf,
  pureEd25519,
  pureEd25519Sign,
  readVkey,
  writeVkey,
} from './vkey.js';

// C2SP tlog-cosignature, "Format": a u64 and an Ed25519 signature.
const TIME_BYTES = 8;
// The last second that RFC 3339 can write.
const LAST_SECOND = 253_402_300_799;

/** A witness whose cosignatures count. `publicKey` tells witnesses apart: one key under two names is one witness. */
export type Witness = NoteVerifier & { readonly publicKey: Uint8Array };

/** That a witness had seen no larger tree, and none that contradicts, at `at`: POSIX seconds by its clock. */
export type Cosignature = { readonly name: string; readonly at: number };

/** The id of a witness's key: SHA-256(name + LF + 0x04 + key)[:4]. C2SP tlog-cosignature, "Format". */
export const witnessKeyId = (name: string, publicKey: Uint8Array): Uint8Array =>
  keyIdOf(COSIGNATURE_KEY, name, publicKey);

/** Writes a witness's key: `name+hex(keyId)+base64(0x04 + key)`. Throws `KEY_MALFORMED` as `formatVkey` does. */
export const formatWitnessVkey = (name: string, publicKey: Uint8Array): string =>
  writeVkey(COSIGNATURE_KEY, name, publicKey);

/**
 * Reads a witness's key. Throws `KEY_MALFORMED` for every text but the one that `formatWitnessVkey` writes, so
 * also for a key that signs notes: a log cannot be its own witness under one key line.
 */
export function parseWitnessVkey(vkey: string, verify: Ed25519Verify = pureEd25519): Witness {
  const { name, keyId, publicKey } = readVkey(COSIGNATURE_KEY, vkey);
  return { name, keyId, publicKey, verify: verifyWith(verify, publicKey) };
}

const verifyWith =
  (verify: Ed25519Verify, publicKey: Uint8Array): NoteVerifier['verify'] =>
  (text, signature) => {
    const at = timeOf(signature);
    const body = fromUtf8(text);
    if (at === undefined || body === undefined) return false;
    return verify(signature.slice(TIME_BYTES), cosignedMessage(body, at), publicKey);
  };

/**
 * The bytes that a cosignature signs: `cosignature/v1`, `time <at>`, then the checkpoint's text without
 * signatures. C2SP tlog-cosignature, "Ed25519 signed message". Throws `PROOF_INVALID` for a time that is none.
 */
export const cosignedMessage = (text: string, at: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${checkCount(at, 'time of a cosignature')}\n${text}`);

/** What a witness signs with; `sign` returns the raw Ed25519 signature over the message. */
export type Cosigner = {
  readonly name: string;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
};

/** The line with which `cosigner` cosigns a checkpoint's text at `at`, POSIX seconds. Throws `PROOF_INVALID`, `KEY_MALFORMED`. */
export function cosignatureLine(text: string, cosigner: Cosigner, at: number): string {
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(checkCount(at, 'time of a cosignature')));
  const signer: NoteSigner = {
    name: cosigner.name,
    keyId: witnessKeyId(cosigner.name, cosigner.publicKey),
    sign: () => concatBytes(time, cosigner.sign(cosignedMessage(text, at))),
  };
  return signatureLine(text, signer);
}

/** A cosigner that holds its secret in memory, as `ed25519Signer` does. */
export function ed25519Cosigner(name: string, seed: Uint8Array): Cosigner & { readonly vkey: string } {
  const publicKey = publicKeyOf(seed);
  return {
    name,
    publicKey,
    vkey: formatWitnessVkey(name, publicKey),
    sign: (message) => pureEd25519Sign(message, seed),
  };
}

/**
 * The cosignatures of these witnesses under a checkpoint, one a witness: its latest. Whether the log signed it
 * is for `openCheckpoint`. Throws `NOTE_MALFORMED` for what is not a note, `PROOF_INVALID` when a line under
 * the name and key of one of them is not its cosignature.
 */
export function cosignaturesOn(
  note: string,
  witnesses: readonly Witness[],
): ReadonlyMap<Witness, Cosignature> {
  const { text, lines } = readNote(note);
  const found = new Map<Witness, Cosignature>();
  for (const { key, line } of verifiedLines(text, lines, witnesses)) {
    const at = Math.max(timeOf(line.signature) ?? 0, found.get(key)?.at ?? 0);
    found.set(key, { name: key.name, at });
  }
  return found;
}

/**
 * The checkpoint with what witnesses answered, `lines`, beneath it. Lines of others than `witnesses` are left
 * out, and a witness that cosigned before is there once, with the new line. Throws as `cosignaturesOn` does,
 * and `NOTE_MALFORMED` when `lines` are not signature lines.
 */
export function withCosignatures(note: string, lines: string, witnesses: readonly Witness[]): string {
  const { text, lines: before } = readNote(note);
  if (!lines.endsWith('\n')) throw malformed('A witness answers with signature lines.');
  const answered = lines.split('\n').slice(0, -1).map(parseSignatureLine);
  const added = verifiedLines(text, answered, witnesses);
  const newest = new Map(added.map(({ key, line }) => [key, line.line]));
  const replaced = new Set(
    verifiedLines(text, before, witnesses)
      .filter(({ key }) => newest.has(key))
      .map(({ line }) => line),
  );
  const kept = before.filter((line) => !replaced.has(line)).map(({ line }) => line);
  return `${text}\n${[...kept, ...newest.values()].map((line) => `${line}\n`).join('')}`;
}

/** The time a cosignature says, or undefined for what is not one or says none. */
function timeOf(signature: Uint8Array): number | undefined {
  if (signature.length <= TIME_BYTES) return undefined;
  const at = Number(new DataView(signature.buffer, signature.byteOffset, TIME_BYTES).getBigUint64(0));
  return at > 0 && at <= LAST_SECOND ? at : undefined;
}
