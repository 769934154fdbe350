import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { DomainError } from '@personr/kernel';
import { ed25519KeyId, formatVkey, type NoteSigner, type NoteVerifier } from '@personr/proof';

/** Signs checkpoints of every tenant's log with one Ed25519 key; in a note, the key bears the log's origin as name. */
export class LogSigner {
  private readonly publicKey: Uint8Array;
  private readonly verifyingKey: KeyObject;

  constructor(private readonly privateKey: KeyObject) {
    if (privateKey.asymmetricKeyType !== 'ed25519') {
      throw new DomainError('KEY_MALFORMED', 'The log is signed with an Ed25519 key.');
    }
    this.verifyingKey = createPublicKey(privateKey);
    const der = this.verifyingKey.export({ type: 'spki', format: 'der' });
    // RFC 8410, section 4: the last 32 bytes of the SubjectPublicKeyInfo are the key.
    this.publicKey = Uint8Array.from(der.subarray(-32));
  }

  /** Reads a PKCS#8 PEM file. Throws `KEY_MALFORMED` for another kind of key, and when others may read the file. */
  static fromFile(path: string): LogSigner {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new DomainError(
        'KEY_MALFORMED',
        'The log signing key must be readable by its owner alone (0600).',
      );
    }
    return new LogSigner(createPrivateKey(readFileSync(path)));
  }

  /** The signer of the log with this origin. */
  forOrigin(origin: string): NoteSigner {
    return {
      name: origin,
      keyId: ed25519KeyId(origin, this.publicKey),
      sign: (text) => Uint8Array.from(sign(null, text, this.privateKey)),
    };
  }

  /** Verifies what `forOrigin` signed, as the key of `vkey` does, by Node's own Ed25519: `proof`'s, for browsers, takes 14 times as long. */
  verifierOf(origin: string): NoteVerifier {
    return {
      name: origin,
      keyId: ed25519KeyId(origin, this.publicKey),
      verify: (text, signature) => verify(null, text, this.verifyingKey, signature),
    };
  }

  /** The line a verifier pins to trust the log with this origin (C2SP signed-note, "Verifier keys"). */
  vkey(origin: string): string {
    return formatVkey(origin, this.publicKey);
  }
}
