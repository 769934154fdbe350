import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DomainError } from '@personr/kernel';
import { thumbprintOf } from './key-set.js';

/** A public key of ours, as `/.well-known/jwks.json` shows it. */
export type PublishedKey = {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: 'ES256';
};

type TokenKey = {
  readonly jwk: PublishedKey;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject | null;
};

const READABLE_BY_OTHERS = 0o077;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * The keys of access tokens: the newest private one signs, every one verifies. Give a new key to every process by
 * its public half first, then as a whole, and take the old one away when its last token has ended.
 */
export class TokenKeys {
  private readonly byKid: ReadonlyMap<string, TokenKey>;
  private readonly signing: TokenKey & { readonly privateKey: KeyObject };

  private constructor(keys: readonly TokenKey[]) {
    this.byKid = new Map(keys.map((key) => [key.jwk.kid, key]));
    const signing = keys.findLast(isPrivate);
    if (signing === undefined)
      throw malformed('One of the keys of access tokens must be private, to sign with.');
    this.signing = signing;
  }

  /**
   * Reads the keys (PEM, P-256; PKCS#8 or a public half) of one file, of several with colons between, or of the
   * `.pem` files in a directory. The newest is the last: of a list as it is written, of a directory by name. Throws
   * `KEY_MALFORMED` for another kind of key and when none is private, `CONFIG_INVALID` when others than the owner may
   * read a private key or change any.
   */
  static read(place: string): TokenKeys {
    return new TokenKeys(place.split(':').flatMap(filesOf).map(readKey));
  }

  /** The private key that signs, and its name. */
  get signer(): { readonly kid: string; readonly privateKey: KeyObject } {
    return { kid: this.signing.jwk.kid, privateKey: this.signing.privateKey };
  }

  /** The public half of the key of that name; null when it is none of ours. */
  verifierOf(kid: string): KeyObject | null {
    return this.byKid.get(kid)?.publicKey ?? null;
  }

  /** Every public half. */
  published(): PublishedKey[] {
    return [...this.byKid.values()].map(({ jwk }) => jwk);
  }
}

const isPrivate = (key: TokenKey): key is TokenKey & { readonly privateKey: KeyObject } =>
  key.privateKey !== null;

const malformed = (sentence: string): DomainError => new DomainError('KEY_MALFORMED', sentence);

function filesOf(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  const names = readdirSync(place).filter((name) => name.endsWith('.pem'));
  return names.sort().map((name) => join(place, name));
}

function readKey(file: string): TokenKey {
  const text = readFileSync(file, 'utf8');
  const isSecret = text.includes('PRIVATE KEY');
  const { mode } = statSync(file);
  if ((mode & (isSecret ? READABLE_BY_OTHERS : WRITABLE_BY_OTHERS)) !== 0) {
    throw new DomainError(
      'CONFIG_INVALID',
      `Others have a right to the token key ${basename(file)}: chmod 600 it.`,
    );
  }
  const privateKey = isSecret ? parsed(() => createPrivateKey(text)) : null;
  const publicKey = parsed(() => createPublicKey(privateKey ?? text));
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw malformed('Access tokens are signed with a P-256 key.');
  }
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const members = { kty: 'EC', crv: 'P-256', x, y } as const;
  const jwk: PublishedKey = { ...members, kid: thumbprintOf(members), use: 'sig', alg: 'ES256' };
  return { jwk, publicKey, privateKey };
}

function parsed(parse: () => KeyObject): KeyObject {
  try {
    return parse();
  } catch {
    throw malformed('A file of TOKEN_KEY_FILE holds no key in PEM.');
  }
}
