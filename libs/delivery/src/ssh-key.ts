import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';

const TYPE = 'ssh-ed25519';
/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A string of RFC 4251, section 5: its length in four bytes, then its bytes. */
function sshString(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const publicBlob = (point: Uint8Array): Buffer => Buffer.concat([sshString(TYPE), sshString(point)]);

function pointOf(seed: Uint8Array): Buffer {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' });
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url');
}

/** A new key pair of Ed25519: its seed (base64url), and the line for `authorized_keys`. */
export function newSshKey(): { readonly seed: string; readonly publicKey: string } {
  const { d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const blob = publicBlob(pointOf(Buffer.from(d, 'base64url')));
  return { seed: d, publicKey: `${TYPE} ${blob.toString('base64')} personr` };
}

/** The private key of a seed as OpenSSH writes it (PROTOCOL.key), not encrypted. */
export function opensshPrivateKey(seedText: string): string {
  const seed = Buffer.from(seedText, 'base64url');
  const point = pointOf(seed);
  // Two check numbers that must be equal, the key, a comment, and padding 1, 2, 3 up to a multiple of eight.
  const secret = Buffer.concat([
    Buffer.alloc(8),
    sshString(TYPE),
    sshString(point),
    sshString(Buffer.concat([seed, point])),
    sshString(''),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
  const one = Buffer.alloc(4);
  one.writeUInt32BE(1);
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    one,
    sshString(publicBlob(point)),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = blob.toString('base64').replace(/.{70}/g, '$&\n').trimEnd();
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
