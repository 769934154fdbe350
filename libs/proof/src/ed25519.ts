import { type NoteSigner, type NoteVerifier } from './note.js';
import {
  type Ed25519Verify,
  keyIdOf,
  NOTE_KEY,
  publicKeyOf,
  pureEd25519,
  pureEd25519Sign,
  readVkey,
  writeVkey,
} from './vkey.js';

/** The id of an Ed25519 note key: SHA-256(name + LF + 0x01 + key)[:4]. C2SP signed-note, "Ed25519 signatures". */
export const ed25519KeyId = (name: string, publicKey: Uint8Array): Uint8Array =>
  keyIdOf(NOTE_KEY, name, publicKey);

/**
 * Writes a verifier key as people pass it on: `name+hex(keyId)+base64(0x01 + key)`. Throws `KEY_MALFORMED`
 * for a name with a space or plus, or a key that is not 32 bytes.
 */
export const formatVkey = (name: string, publicKey: Uint8Array): string =>
  writeVkey(NOTE_KEY, name, publicKey);

/**
 * Reads a verifier key. Throws `KEY_MALFORMED` for every text but the one that `formatVkey` writes, so also
 * when the key id does not belong to the key; only Ed25519 is known. `verify` may be a faster Ed25519.
 */
export function parseVkey(vkey: string, verify: Ed25519Verify = pureEd25519): NoteVerifier {
  const { name, keyId, publicKey } = readVkey(NOTE_KEY, vkey);
  return { name, keyId, verify: (text, signature) => verify(signature, text, publicKey) };
}

/** A key that a caller pins: as people pass it on, or read already, perhaps with a faster Ed25519. */
export type TrustedKey = string | NoteVerifier;

/** The verifier of a pinned key. Throws `KEY_MALFORMED` as `parseVkey` does. */
export const keyOf = (key: TrustedKey): NoteVerifier => (typeof key === 'string' ? parseVkey(key) : key);

/**
 * A signer that holds its secret in memory: for tests and small tools. `seed` is the 32-byte secret key of
 * RFC 8032; `vkey` is what verifiers pin. Throws `KEY_MALFORMED` for a seed of another length or a bad name.
 */
export function ed25519Signer(name: string, seed: Uint8Array): NoteSigner & { readonly vkey: string } {
  const publicKey = publicKeyOf(seed);
  return {
    name,
    keyId: ed25519KeyId(name, publicKey),
    vkey: formatVkey(name, publicKey),
    sign: (text) => pureEd25519Sign(text, seed),
  };
}
