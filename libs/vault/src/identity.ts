import { createHmac } from 'node:crypto';
import { lengthPrefixed } from './aead.js';
import { type Identity } from './vault.js';

/**
 * One spelling for every spelling of an identity: e-mail trimmed, lower case; telephone number as `+` and
 * digits; anything else trimmed; all in Unicode form NFC. Empty when nothing is left.
 */
export function normalise({ type, value }: Identity): string {
  if (type === 'EMAIL') return value.trim().toLowerCase().normalize('NFC');
  if (type === 'PHONE') return phone(value);
  return value.trim().normalize('NFC');
}

/** The identity as the index knows it: HMAC-SHA256 under the tenant's index key, bound to the type. */
export const tagOf = (indexKey: Uint8Array, identity: Identity): Buffer =>
  createHmac('sha256', indexKey)
    .update(lengthPrefixed(['identity', identity.type, normalise(identity)]))
    .digest();

function phone(value: string): string {
  const digits = value.replace(/\D/g, '');
  return digits === '' ? '' : `+${digits}`;
}
