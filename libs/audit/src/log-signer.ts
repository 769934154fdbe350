import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { statSync } from 'node:fs';
import { DomainError } from '@personr/kernel';
import { ed25519KeyId, formatVkey, type NoteSigner, type NoteVerifier } from '@personr/proof';
import { type HeldKey, readKeyFile } from './key-file.js';
import { type LogKey } from './log-keys.js';

/** A key with its public half as bytes. */
type SignerKey = HeldKey & { readonly publicKey: Uint8Array };

/**
 * Signs checkpoints of every log with the Ed25519 keys of the house; in a note, a key bears the log's origin as name. The
 * newest signs, and so does every older one that is not retired; retired ones only verify.
 */
export class LogSigner {
  private constructor(private readonly held: () => readonly SignerKey[]) {}

  /** Signs with this key alone. Throws `KEY_MALFORMED` for another kind of key than Ed25519. */
  static withKey(signing: KeyObject): LogSigner {
    const keys = checked([{ signing, verifying: createPublicKey(signing), from: null, until: null }]);
    return new LogSigner(() => keys);
  }

  /**
   * Signs with the keys of a file, as `readKeyFile` says, and with those of a new one as soon as that is in its place.
   * Throws `KEY_MALFORMED` as that does; later, whoever signs hears it, and nothing is signed.
   */
  static fromFile(path: string): LogSigner {
    let seen = { mark: markOf(path), keys: checked(readKeyFile(path)) };
    return new LogSigner(() => {
      const mark = markOf(path);
      if (mark !== seen.mark) seen = { mark, keys: checked(readKeyFile(path)) };
      return seen.keys;
    });
  }

  /** The newest signer of the log with this origin. */
  forOrigin(origin: string): NoteSigner {
    return signerOf(this.newest, origin);
  }

  /** All that sign the log with this origin now, the newest first. */
  signersOf(origin: string): NoteSigner[] {
    return this.held()
      .filter(({ signing }) => signing !== null)
      .map((key) => signerOf(key, origin));
  }

  /** Verifies what `forOrigin` signed, as the key of `vkey` does, by Node's own Ed25519: `proof`'s, for browsers, takes 14 times as long. */
  verifierOf(origin: string): NoteVerifier {
    return verifierOf(this.newest, origin);
  }

  /** Verify what was ever signed for this origin, also by keys that are retired. */
  verifiersOf(origin: string): NoteVerifier[] {
    return this.held().map((key) => verifierOf(key, origin));
  }

  /** The line a verifier pins to trust the log with this origin (C2SP signed-note, "Verifier keys"). */
  vkey(origin: string): string {
    return formatVkey(origin, this.newest.publicKey);
  }

  /** What the world may know of the keys, the newest first. */
  keys(): LogKey[] {
    return this.held().map(({ publicKey, from, until }) => ({
      publicKey: Buffer.from(publicKey).toString('base64'),
      from,
      until,
    }));
  }

  private get newest(): SignerKey {
    const newest = this.held().find(({ signing }) => signing !== null);
    if (newest === undefined) throw new DomainError('KEY_MALFORMED', 'There is no key that signs the log.');
    return newest;
  }
}

const signerOf = ({ signing, publicKey }: SignerKey, origin: string): NoteSigner => ({
  name: origin,
  keyId: ed25519KeyId(origin, publicKey),
  sign: (text) => {
    if (signing === null) throw new DomainError('KEY_MALFORMED', 'A retired key signs nothing.');
    return Uint8Array.from(sign(null, text, signing));
  },
});

const verifierOf = ({ verifying, publicKey }: SignerKey, origin: string): NoteVerifier => ({
  name: origin,
  keyId: ed25519KeyId(origin, publicKey),
  verify: (text, signature) => verify(null, text, verifying, signature),
});

function checked(keys: readonly HeldKey[]): SignerKey[] {
  return keys.map((key) => {
    if (key.verifying.asymmetricKeyType !== 'ed25519') {
      throw new DomainError('KEY_MALFORMED', 'The log is signed with an Ed25519 key.');
    }
    const der = key.verifying.export({ type: 'spki', format: 'der' });
    // RFC 8410, section 4: the last 32 bytes of the SubjectPublicKeyInfo are the key.
    return { ...key, publicKey: Uint8Array.from(der.subarray(-32)) };
  });
}

/** Another one for another file, or the same with other rights. */
function markOf(path: string): string {
  try {
    const { ino, mtimeMs, size, mode } = statSync(path);
    return [ino, mtimeMs, size, mode].join(' ');
  } catch (cause) {
    throw new DomainError('KEY_MALFORMED', 'The file of the log signing key cannot be read.', { cause });
  }
}
