import { createHash, timingSafeEqual } from 'node:crypto';
import { assertAlive, KEY_BYTES } from './aead.js';
import { type Root, type RootName } from './keyring.js';

const VERSION = 1;
const DIGEST_BYTES = 32;

/** The length of a root's file, in bytes. */
export const ROOT_FILE_BYTES = 1 + KEY_BYTES + DIGEST_BYTES;

/** Writes a root as its file: version, key, SHA-256 over both and the root's name. A key that was overwritten is none. */
export function encodeRoot(root: Root): Buffer {
  assertAlive(root.key);
  return Buffer.concat([Uint8Array.of(VERSION), root.key, digest(root, root.key)]);
}

/** Reads the key from a root's file, or null when the file is damaged or is another root's. */
export function decodeRoot(name: RootName, file: Uint8Array): Buffer | null {
  if (file.length !== ROOT_FILE_BYTES || file[0] !== VERSION) return null;
  const key = Buffer.from(file.subarray(1, 1 + KEY_BYTES));
  if (timingSafeEqual(digest(name, key), file.subarray(1 + KEY_BYTES))) return key;
  key.fill(0);
  return null;
}

const digest = ({ tenantId, rootId }: RootName, key: Uint8Array): Buffer =>
  createHash('sha256')
    .update(`${String(VERSION)} ${tenantId} ${rootId} `)
    .update(key)
    .digest();
