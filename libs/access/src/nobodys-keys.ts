import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type ClientAlgorithm, type PublicJwk } from './key-set.js';

const publicJwkOf = (
  alg: ClientAlgorithm,
  publicKey: { export(options: { format: 'jwk' }): object },
): PublicJwk => ({ ...publicKey.export({ format: 'jwk' }), alg, kid: 'nobody' }) as PublicJwk;

/** A number of 2048 bits, odd and with its first bit set. Nobody knows its factors, nor needs them. */
function modulus(): string {
  const bytes = randomBytes(256);
  bytes.writeUInt8(bytes.readUInt8(0) | 0x80, 0);
  bytes.writeUInt8(bytes.readUInt8(255) | 0x01, 255);
  return bytes.toString('base64url');
}

/** Keys that nobody signs with, so that a client who is not there takes the same verification as one who is. */
export const NOBODYS_KEYS: Readonly<Record<ClientAlgorithm, PublicJwk>> = {
  EdDSA: publicJwkOf('EdDSA', generateKeyPairSync('ed25519').publicKey),
  ES256: publicJwkOf('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
  RS256: { kty: 'RSA', alg: 'RS256', kid: 'nobody', n: modulus(), e: 'AQAB' },
};
