import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto';
import { DomainError } from '@personr/kernel';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const OVERHEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
const LONGEST_SHORT_PART = 127;
const OPTIONS = { authTagLength: TAG_BYTES };

/** The length of every key of the tree, in bytes: AES-256. */
export const KEY_BYTES = 32;

/** Makes a new key from the system's random source. */
export const newKey = (): Buffer => randomBytes(KEY_BYTES);

/** Runs `work` with a key and overwrites the key afterwards, whatever happened. For work that ends when it returns. */
export function using<Secret extends Uint8Array, T>(
  secret: Secret,
  work: (secret: Secret) => T extends PromiseLike<unknown> ? never : T,
): T {
  try {
    return work(secret);
  } finally {
    secret.fill(0);
  }
}

/** The same for work that goes on after it has returned: the key is overwritten when its promise is settled. */
export async function usingLater<Secret extends Uint8Array, T>(
  secret: Secret,
  work: (secret: Secret) => Promise<T>,
): Promise<T> {
  try {
    return await work(secret);
  } finally {
    secret.fill(0);
  }
}

const OVERWRITTEN = new Uint8Array(KEY_BYTES);

/** A key of zeros is one that was overwritten too early, and everybody has it. Throws for such a one. */
export function assertAlive(key: Uint8Array): void {
  if (Buffer.compare(key, OVERWRITTEN) === 0) throw new Error('a key was used after it was overwritten');
}

/**
 * Seals `plaintext` with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce. `context` is bound, not
 * stored: the same parts in the same order are needed to open. Returns version, nonce, ciphertext, tag.
 */
export function sealBytes(key: Uint8Array, context: readonly string[], plaintext: Uint8Array): Buffer {
  assertAlive(key);
  const sealed = Buffer.allocUnsafe(OVERHEAD_BYTES + plaintext.length);
  sealed[0] = VERSION;
  const nonce = newNonce();
  sealed.set(nonce, 1);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, OPTIONS);
  cipher.setAAD(associated(context));
  sealed.set(cipher.update(plaintext), 1 + NONCE_BYTES);
  cipher.final();
  sealed.set(cipher.getAuthTag(), sealed.length - TAG_BYTES);
  return sealed;
}

// Nonces are fetched by the block: one call to the system's source for each costs as much as the sealing. Each is
// used once, and none is secret.
const nonces = Buffer.alloc(256 * NONCE_BYTES);
let usedNonces = nonces.length;

function newNonce(): Buffer {
  if (usedNonces >= nonces.length) {
    randomFillSync(nonces);
    usedNonces = 0;
  }
  usedNonces += NONCE_BYTES;
  return nonces.subarray(usedNonces - NONCE_BYTES, usedNonces);
}

/** Opens what `sealBytes` made with this key and context. Throws `SEAL_BROKEN` for anything else. */
export function openBytes(key: Uint8Array, context: readonly string[], sealed: Uint8Array): Buffer {
  if (sealed.length < OVERHEAD_BYTES || sealed[0] !== VERSION) throw broken();
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, OPTIONS);
  decipher.setAAD(associated(context));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw broken();
  }
  return plaintext;
}

/** Writes each part after its length in four bytes, so that no two lists of parts have the same bytes. */
export function lengthPrefixed(parts: readonly string[]): Buffer {
  const length = writeShort(parts, 0);
  const bytes = length === null ? lengthPrefixedBytes(parts) : Buffer.from(written.subarray(0, length));
  // The parts may be an identity of a person, which is not to lie about here.
  written.fill(0);
  return bytes;
}

/** The version and the context, length-prefixed. Good until the next call. */
function associated(context: readonly string[]): Buffer {
  const length = writeShort(context, VERSION_PART.length);
  return length === null ? lengthPrefixedBytes([String(VERSION), ...context]) : written.subarray(0, length);
}

const VERSION_PART = Buffer.from([0, 0, 0, 1, 0x30 + VERSION]);

// Every value has a context: it is written into the same bytes again and again, the version always before it.
const written = Buffer.alloc(4096);

/** Writes short ASCII parts from `start` on and returns where they end, or null when there is another part among them. */
function writeShort(parts: readonly string[], start: number): number | null {
  written.set(VERSION_PART);
  let at = start;
  for (const part of parts) {
    const { length } = part;
    if (length > LONGEST_SHORT_PART || at + 4 + length > written.length) return null;
    at = written.writeUInt32BE(length, at);
    for (let place = 0; place < length; place += 1, at += 1) {
      const code = part.charCodeAt(place);
      if (code > 0x7f) return null;
      written[at] = code;
    }
  }
  return at;
}

function lengthPrefixedBytes(parts: readonly string[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

const broken = () =>
  new DomainError('SEAL_BROKEN', 'The sealed value is damaged, or was sealed for another place.');
