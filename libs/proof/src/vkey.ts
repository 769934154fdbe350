import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { DomainError } from '@personr/kernel';
import { fromBase64, toBase64, utf8 } from './bytes.js';
import { isKeyName, KEY_ID_BYTES } from './note.js';

const KEY_BYTES = 32;

/** What a key signs, by its byte in C2SP signed-note, "Signature types": notes, or cosignatures of a witness. */
export type KeyType = typeof NOTE_KEY | typeof COSIGNATURE_KEY;
export const NOTE_KEY = 0x01;
export const COSIGNATURE_KEY = 0x04;

/** A verifier key taken apart. `publicKey` is 32 bytes of Ed25519. */
export type Vkey = { readonly name: string; readonly keyId: Uint8Array; readonly publicKey: Uint8Array };

/** Says whether `signature` over `message` is that of the public key (RFC 8032, section 5.1.7). Never throws. */
export type Ed25519Verify = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean;

/** Ed25519 in pure code, for Node and browsers alike. */
export const pureEd25519: Ed25519Verify = (signature, message, publicKey) => {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
};

const malformedKey = (sentence: string): DomainError => new DomainError('KEY_MALFORMED', sentence);

/** The id of a key: SHA-256(name + LF + type + key)[:4]. C2SP signed-note, "Signature types". */
export const keyIdOf = (type: KeyType, name: string, publicKey: Uint8Array): Uint8Array =>
  sha256(concatBytes(utf8(`${name}\n`), Uint8Array.of(type), publicKey)).slice(0, KEY_ID_BYTES);

/**
 * Writes a verifier key as people pass it on: `name+hex(keyId)+base64(type + key)`. Throws `KEY_MALFORMED`
 * for a name with a space or plus, or a key that is not 32 bytes.
 */
export function writeVkey(type: KeyType, name: string, publicKey: Uint8Array): string {
  if (!isKeyName(name)) throw malformedKey('A key name is not empty and has no space and no plus.');
  if (publicKey.length !== KEY_BYTES) throw malformedKey('An Ed25519 public key is 32 bytes.');
  const encoded = toBase64(concatBytes(Uint8Array.of(type), publicKey));
  return `${name}+${bytesToHex(keyIdOf(type, name, publicKey))}+${encoded}`;
}

/** Reads a verifier key of this type. Throws `KEY_MALFORMED` for every text but the one that `writeVkey` writes. */
export function readVkey(type: KeyType, vkey: string): Vkey {
  const [name = '', , ...rest] = vkey.split('+');
  const publicKey = readPublicKey(type, rest.join('+'));
  if (writeVkey(type, name, publicKey) !== vkey) throw malformedKey('The key id does not belong to the key.');
  return { name, keyId: keyIdOf(type, name, publicKey), publicKey };
}

function readPublicKey(type: KeyType, base64: string): Uint8Array {
  const bytes = fromBase64(base64);
  if (bytes?.length !== 1 + KEY_BYTES || bytes[0] !== type) {
    throw malformedKey(
      type === NOTE_KEY
        ? 'A verifier key reads name+8 hex digits+base64 of an Ed25519 key.'
        : 'A witness key reads name+8 hex digits+base64 of an Ed25519 key for cosignatures.',
    );
  }
  const publicKey = bytes.slice(1);
  if (!ed25519.utils.isValidPublicKey(publicKey, false)) {
    throw malformedKey('The bytes are not an Ed25519 public key.');
  }
  return publicKey;
}

/** The public key of a 32-byte secret key of RFC 8032. Throws `KEY_MALFORMED` for a seed of another length. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  if (seed.length !== KEY_BYTES) throw malformedKey('An Ed25519 seed is 32 bytes.');
  return ed25519.getPublicKey(seed);
}

/** Signs with a 32-byte secret key of RFC 8032, in pure code. */
export const pureEd25519Sign = (message: Uint8Array, seed: Uint8Array): Uint8Array =>
  ed25519.sign(message, seed);
