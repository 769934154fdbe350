import { createHmac } from 'node:crypto';
import { lengthPrefixed } from './aead.js';
import { type Identity } from './vault.js';

/** The length of an identity's MAC and of its tag in the index, in bytes: one block of AES. */
export const TAG_BYTES = 16;

/**
 * One spelling for every spelling of an identity: e-mail trimmed, lower case; telephone number as `+` and
 * digits; anything else trimmed; all in Unicode form NFC. Empty when nothing is left.
 */
export function normalise({ type, value }: Identity): string {
  if (type === 'EMAIL') return value.trim().toLowerCase().normalize('NFC');
  if (type === 'PHONE') return phone(value);
  return value.trim().normalize('NFC');
}

/** HMAC-SHA256 of the identity, bound to its type, cut to 16 bytes (RFC 2104, section 5). It is stored nowhere. */
export const macOf = (key: Uint8Array, identity: Identity): Buffer =>
  createHmac('sha256', key)
    .update(lengthPrefixed(['identity', identity.type, normalise(identity)]))
    .digest()
    .subarray(0, TAG_BYTES);

function phone(value: string): string {
  const digits = value.replace(/\D/g, '');
  return digits === '' ? '' : `+${digits}`;
}
