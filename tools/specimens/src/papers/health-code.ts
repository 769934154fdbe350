import { deflateSync } from 'node:zlib';
import { p256 } from '@noble/curves/nist.js';
import { expand } from '../people/stream.js';
import { type Cbor, encodeCbor, tagged } from './cbor.js';

// COSE (RFC 9052) and CWT (RFC 8392) labels; -260 is the health certificate's claim.
const [ALGORITHM, KEY_ID, ES256, SIGN1] = [1, 4, -7, 18];
const [ISSUER, EXPIRES, ISSUED, HEALTH] = [1, 4, 6, -260];
const ISSUED_AT = Date.UTC(2021, 11, 30) / 1000;
const YEAR_SECONDS = 365 * 86_400;

/** A signing key that anybody can make, which is why no verifier may trust it. */
export const SPECIMEN_KEY = expand('personr/specimens/health-key', 32);

/**
 * What the QR code of the certificate holds, made as for an EU Digital COVID Certificate: CBOR in COSE_Sign1, in
 * zlib, in base45, after `HC1:`. Signed with `SPECIMEN_KEY`, deterministically (RFC 6979).
 */
export function healthCode(certificate: object): string {
  const claims = encodeCbor(
    new Map<Cbor, Cbor>([
      [ISSUER, 'XX'],
      [EXPIRES, ISSUED_AT + YEAR_SECONDS],
      [ISSUED, ISSUED_AT],
      [HEALTH, new Map<Cbor, Cbor>([[1, certificate as Cbor]])],
    ]),
  );
  const kid = expand('personr/specimens/health-key/id', 8);
  const header = encodeCbor(
    new Map<Cbor, Cbor>([
      [ALGORITHM, ES256],
      [KEY_ID, kid],
    ]),
  );
  const signed = encodeCbor(['Signature1', header, Buffer.alloc(0), claims]);
  const signature = p256.sign(signed, SPECIMEN_KEY);
  const message = tagged(SIGN1, [header, new Map<Cbor, Cbor>(), claims, signature]);
  // Stored, not compressed: how well a zlib compresses differs from one to the next.
  return `HC1:${base45(deflateSync(message, { level: 0 }))}`;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Bytes in the 45 characters that a QR code packs tightest (RFC 9285). */
export function base45(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 2) {
    const [first = 0, second] = bytes.subarray(at, at + 2);
    const value = second === undefined ? first : first * 256 + second;
    const digits = [value % 45, Math.floor(value / 45) % 45, Math.floor(value / 2025)];
    for (const digit of digits.slice(0, second === undefined ? 2 : 3)) text += ALPHABET[digit] ?? '';
  }
  return text;
}
