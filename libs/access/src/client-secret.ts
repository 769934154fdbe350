import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** How many secrets of a client can be good at once: one, and the one that replaces it. */
export const MOST_SECRETS = 2;

/** Makes a secret of 256 random bits, as 43 URL-safe characters. It is shown once; only its hash is kept. */
export const newClientSecret = (): string => randomBytes(32).toString('base64url');

/** The SHA-256 under which a secret is kept. A random 256-bit secret needs no slow hash. */
export const hashClientSecret = (secret: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(createHash('sha256').update(secret).digest());

const NOBODYS = hashClientSecret(newClientSecret());

/**
 * Says whether the secret has one of these hashes. Takes the same time whether it has the first, the last or none,
 * and whether there are two hashes, one or none.
 */
export function secretMatches(secret: string, hashes: readonly Uint8Array[]): boolean {
  const hash = hashClientSecret(secret);
  const slots = Array.from({ length: MOST_SECRETS }, (_, place) => hashes[place] ?? NOBODYS);
  return slots.map((slot) => timingSafeEqual(hash, slot)).includes(true);
}
