import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

// Written from libs/vault/README.md, not from its code: an attacker reads the formats too.

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const BLOCK_BYTES = 16;
/** The first counter that encrypts text when the nonce has 96 bits: NIST SP 800-38D, section 7.1. */
const FIRST_COUNTER = 2;

/** The length of every key, in bytes. */
export const KEY_BYTES = 32;

/** Each part after its length in four bytes. */
export const lengthPrefixed = (parts: readonly string[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );

/** What AES-GCM authenticates besides the text. */
export const associated = (context: readonly string[]): Buffer =>
  lengthPrefixed([String(VERSION), ...context]);

/** Opens what is sealed as one, or says that this key or context is not the one. */
export function openSealed(key: Uint8Array, context: Uint8Array, sealed: Uint8Array): Buffer | null {
  if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== VERSION) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(context);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
    return plaintext;
  } catch {
    return null;
  }
}

/** Seals as the vault does: what a fault has left behind is made with it. */
export function sealLike(key: Uint8Array, context: Uint8Array, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(context);
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Uint8Array.of(VERSION), nonce, text, cipher.getAuthTag()]);
}

/** A ciphertext without its frame: nonce and text. The tag is left out: an attacker does not need it. */
export type Bare = { readonly nonce: Uint8Array; readonly text: Uint8Array };

/** Takes the frame off a value that is sealed as one. */
export const bareOf = (sealed: Uint8Array): Bare => ({
  nonce: sealed.subarray(1, 1 + NONCE_BYTES),
  text: sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES),
});

/** Takes the tag off a chunk of a document: its nonce is made of the prefix, its place and whether it is the last. */
export function bareChunk(
  chunk: Uint8Array,
  { prefix, index, isLast }: { prefix: Uint8Array; index: number; isLast: boolean },
): Bare {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.set(prefix);
  nonce.writeUInt32BE(index, prefix.length);
  nonce.writeUInt8(isLast ? 1 : 0, NONCE_BYTES - 1);
  return { nonce, text: chunk.subarray(0, -TAG_BYTES) };
}

/** The block whose encryption under the right key is the keystream of the text's block at this place. */
export function counterBlock(nonce: Uint8Array, block: number): Buffer {
  const counter = Buffer.alloc(BLOCK_BYTES);
  counter.set(nonce);
  counter.writeUInt32BE(FIRST_COUNTER + block, NONCE_BYTES);
  return counter;
}

/** The keystream of a text's block, if this is what the text says there: what the right key makes of its counter. */
export function keystreamIf(known: Uint8Array, { text }: Bare, block: number): Buffer {
  const stream = Buffer.alloc(BLOCK_BYTES);
  const at = block * BLOCK_BYTES;
  for (let byte = 0; byte < BLOCK_BYTES; byte += 1) {
    stream[byte] = (known[at + byte] ?? 0) ^ (text[at + byte] ?? 0);
  }
  return stream;
}

/** Single blocks under a key, one after the other. */
export const encryptBlocks = (key: Uint8Array, blocks: Uint8Array): Buffer =>
  createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(blocks);

/** The blocks that these were made from under a key. */
export const decryptBlocks = (key: Uint8Array, blocks: Uint8Array): Buffer =>
  createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(blocks);

/** Decrypts a text, whatever it was bound to. */
export const decryptBare = (key: Uint8Array, { nonce, text }: Bare): Buffer =>
  createDecipheriv('aes-256-ctr', key, counterBlock(nonce, 0)).update(text);

/** HMAC-SHA256 (RFC 2104). */
export const hmac = (key: Uint8Array, data: Uint8Array | string): Buffer =>
  createHmac('sha256', key).update(data).digest();

/** The key in a root's file: version, key, digest. The digest is not asked for: a damaged file is tried as well. */
export const rootIn = (file: Uint8Array): Buffer => Buffer.from(file.subarray(1, 1 + KEY_BYTES));
