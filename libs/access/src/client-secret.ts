import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Makes a secret of 256 random bits, as 43 URL-safe characters. It is shown once; only its hash is kept. */
export const newClientSecret = (): string => randomBytes(32).toString('base64url');

/** The SHA-256 under which a secret is kept. A random 256-bit secret needs no slow hash. */
export const hashClientSecret = (secret: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(secret).digest());

/** Compares a secret with a kept hash in constant time. */
export const secretMatches = (secret: string, hash: Uint8Array): boolean =>
  timingSafeEqual(hashClientSecret(secret), hash);
