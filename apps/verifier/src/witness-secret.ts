import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { type Cosigner, formatWitnessVkey } from '@personr/proof';
import { Unfollowable } from './unfollowable.js';

/**
 * The witness's own key: a PKCS#8 PEM file with an Ed25519 key, made when there is none. `vkey` is what others pin. Throws
 * `Unfollowable` for another kind of key, and when others than its owner may read the file.
 */
export function witnessSecret(name: string, file: string): Cosigner & { readonly vkey: string } {
  const key = readSecret(file) ?? makeSecret(file);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Unfollowable('The secret of a witness is an Ed25519 key.');
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  // RFC 8410, section 4: the last 32 bytes of the SubjectPublicKeyInfo are the key.
  const publicKey = Uint8Array.from(der.subarray(-32));
  return {
    name,
    publicKey,
    vkey: formatWitnessVkey(name, publicKey),
    sign: (message) => Uint8Array.from(sign(null, message, key)),
  };
}

function readSecret(file: string): KeyObject | null {
  try {
    const isPrivate = (statSync(file).mode & 0o077) === 0;
    if (!isPrivate) throw new Unfollowable('The secret must be readable by its owner alone (0600).');
    return createPrivateKey(readFileSync(file));
  } catch (error) {
    if (error instanceof Unfollowable) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Unfollowable('The file of the secret holds no private key that can be read.');
  }
}

function makeSecret(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  try {
    const made = openSync(file, 'wx', 0o600);
    writeSync(made, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    fsyncSync(made);
    closeSync(made);
  } catch {
    throw new Unfollowable('A secret cannot be made at that place.');
  }
  return privateKey;
}
