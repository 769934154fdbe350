import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import { type Ed25519Verify } from '@personr/proof';

// RFC 8410, section 4: what precedes the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Node's own Ed25519, ten times as fast as pure code. */
export const nodeEd25519: Ed25519Verify = (signature, message, publicKey) => {
  try {
    return verify(null, message, keyObject(publicKey), signature);
  } catch {
    return false;
  }
};

const keyObject = (publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });

/**
 * Writes the SHA-256 of `bytes` into `target` at `at`. Node's one-shot hash, through a string of bytes: four times as fast as
 * through a buffer of its own for each hash, and ten times as fast as pure code.
 */
export function hashInto(bytes: Uint8Array, target: Buffer, at: number): void {
  target.write(hash('sha256', bytes, 'latin1' as 'hex'), at, 'latin1');
}
