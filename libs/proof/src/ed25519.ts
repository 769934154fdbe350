import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { DomainError } from '@personr/kernel';
import { fromBase64, toBase64, utf8 } from './bytes.js';
import { isKeyName, KEY_ID_BYTES, type NoteSigner, type NoteVerifier } from './note.js';

const KEY_BYTES = 32;
// C2SP signed-note, "Signature types".
const ED25519 = Uint8Array.of(0x01);

const malformedKey = (sentence: string): DomainError => new DomainError('KEY_MALFORMED', sentence);

/** The id of an Ed25519 note key: SHA-256(name + LF + 0x01 + key)[:4]. C2SP signed-note, "Ed25519 signatures". */
export const ed25519KeyId = (name: string, publicKey: Uint8Array): Uint8Array =>
  sha256(concatBytes(utf8(`${name}\n`), ED25519, publicKey)).slice(0, KEY_ID_BYTES);

/**
 * Writes a verifier key as people pass it on: `name+hex(keyId)+base64(0x01 + key)`. Throws `KEY_MALFORMED`
 * for a name with a space or plus, or a key that is not 32 bytes.
 */
export function formatVkey(name: string, publicKey: Uint8Array): string {
  if (!isKeyName(name)) throw malformedKey('A key name is not empty and has no space and no plus.');
  if (publicKey.length !== KEY_BYTES) throw malformedKey('An Ed25519 public key is 32 bytes.');
  const encoded = toBase64(concatBytes(ED25519, publicKey));
  return `${name}+${bytesToHex(ed25519KeyId(name, publicKey))}+${encoded}`;
}

/**
 * Reads a verifier key. Throws `KEY_MALFORMED` for every text but the one that `formatVkey` writes, so also
 * when the key id does not belong to the key; only Ed25519 is known.
 */
export function parseVkey(vkey: string): NoteVerifier {
  const [name = '', , ...rest] = vkey.split('+');
  const publicKey = parsePublicKey(rest.join('+'));
  if (formatVkey(name, publicKey) !== vkey) throw malformedKey('The key id does not belong to the key.');
  return { name, keyId: ed25519KeyId(name, publicKey), verify: verifyWith(publicKey) };
}

function parsePublicKey(base64: string): Uint8Array {
  const bytes = fromBase64(base64);
  if (bytes?.length !== 1 + KEY_BYTES || bytes[0] !== ED25519[0]) {
    throw malformedKey('A verifier key reads name+8 hex digits+base64 of an Ed25519 key.');
  }
  const publicKey = bytes.slice(1);
  if (!ed25519.utils.isValidPublicKey(publicKey, false)) {
    throw malformedKey('The bytes are not an Ed25519 public key.');
  }
  return publicKey;
}

const verifyWith =
  (publicKey: Uint8Array) =>
  (text: Uint8Array, signature: Uint8Array): boolean => {
    try {
      return ed25519.verify(signature, text, publicKey, { zip215: false });
    } catch {
      return false;
    }
  };

/**
 * A signer that holds its secret in memory: for tests and small tools. `seed` is the 32-byte secret key of
 * RFC 8032; `vkey` is what verifiers pin. Throws `KEY_MALFORMED` for a seed of another length or a bad name.
 */
export function ed25519Signer(name: string, seed: Uint8Array): NoteSigner & { readonly vkey: string } {
  if (seed.length !== KEY_BYTES) throw malformedKey('An Ed25519 seed is 32 bytes.');
  const publicKey = ed25519.getPublicKey(seed);
  return {
    name,
    keyId: ed25519KeyId(name, publicKey),
    vkey: formatVkey(name, publicKey),
    sign: (text) => ed25519.sign(text, seed),
  };
}
