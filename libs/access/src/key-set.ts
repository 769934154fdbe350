import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { canonicalJson, DomainError } from '@personr/kernel';

/** The signatures we take of a client, and no other. */
export const CLIENT_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;
export type ClientAlgorithm = (typeof CLIENT_ALGORITHMS)[number];

/** RFC 9864 names the one signature that EdDSA can be here; newer clients say it so. */
const OTHER_NAMES: Readonly<Record<string, ClientAlgorithm>> = { Ed25519: 'EdDSA' };

/** The names under which clients may sign (JOSE `alg`). */
export const ALGORITHM_NAMES = [...CLIENT_ALGORITHMS, ...Object.keys(OTHER_NAMES)];

/** The algorithm of that name, if it is one that we take. */
export const algorithmOf = (name: unknown): ClientAlgorithm | undefined =>
  CLIENT_ALGORITHMS.find((known) => known === name) ??
  (typeof name === 'string' && Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : undefined);

/** A public key (RFC 7517) with nothing in it but what verifying needs. */
export type PublicJwk = {
  readonly kty: string;
  readonly alg: ClientAlgorithm;
  readonly kid: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
};

/** How many keys a set may hold. */
export const MOST_KEYS = 10;

type Members = Readonly<Record<string, unknown>>;
type Kind = { readonly alg: ClientAlgorithm; readonly members: readonly string[] };

const KINDS: Readonly<Record<string, Kind>> = {
  'OKP Ed25519': { alg: 'EdDSA', members: ['crv', 'x'] },
  'EC P-256': { alg: 'ES256', members: ['crv', 'x', 'y'] },
  'RSA undefined': { alg: 'RS256', members: ['e', 'n'] },
};
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const KID = /^[\x21-\x7e]{1,128}$/;
const BASE64URL = /^[A-Za-z0-9_-]{1,1400}$/;

const refused = (sentence: string): DomainError => new DomainError('KEY_SET_REFUSED', sentence);

/**
 * Reads a key set that a client registers: 1 to 10 public keys for signatures (Ed25519, P-256, RSA of 2048 to 4096
 * bits), each with a `kid` of its own. What verifying does not need is left out. Throws `KEY_SET_REFUSED`.
 */
export function parseKeySet(value: unknown): PublicJwk[] {
  const keys = membersOf(value);
  if (keys.length > MOST_KEYS) throw refused(`A key set holds at most ${MOST_KEYS} keys.`);
  return distinct(keys.map(parseKey));
}

/**
 * Takes out of a key set that a client publishes what can be used here (RFC 7517, section 5: the rest is ignored).
 * Throws `KEY_SET_REFUSED` for what is no key set, one with a private key in it, and one with nothing to use.
 */
export function pickKeys(value: unknown): PublicJwk[] {
  const usable = membersOf(value).flatMap((key) => {
    try {
      return [parseKey(key)];
    } catch {
      return [];
    }
  });
  return distinct(usable.slice(0, MOST_KEYS));
}

/** The name of a key that its own members give (RFC 7638). */
export function thumbprintOf({ kty, crv, x, y, n, e }: Omit<PublicJwk, 'kid' | 'alg'>): string {
  const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, member]) => member !== undefined);
  const text = canonicalJson(Object.fromEntries(members));
  return createHash('sha256').update(text).digest('base64url');
}

/** The members of each key. No key of a set may be private, whatever else is wrong with it. */
function membersOf(value: unknown): Members[] {
  const { keys } = (value ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys) || !keys.every(isObject)) {
    throw refused('A key set is an object with a list of keys (RFC 7517, section 5).');
  }
  if (keys.some((key) => PRIVATE.some((member) => Object.hasOwn(key, member)))) {
    throw refused(
      'A key set holds public keys only. Consider the private key that was sent as known to others.',
    );
  }
  return keys;
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseKey(key: Members): PublicJwk {
  const { kty, crv } = key;
  const isNamed = typeof kty === 'string' && (crv === undefined || typeof crv === 'string');
  const kind = isNamed ? KINDS[`${kty} ${String(crv)}`] : undefined;
  if (kind === undefined) throw refused('A key is Ed25519, P-256 or RSA.');
  assertForSignatures(key, kind);
  if (typeof key.kid !== 'string' || !KID.test(key.kid)) {
    throw refused('A key has a kid of 1 to 128 visible ASCII characters.');
  }
  const members = Object.fromEntries(kind.members.map((name) => [name, textOf(key[name])]));
  const jwk = { ...members, kty, alg: kind.alg, kid: key.kid } as PublicJwk;
  assertStrong(jwk);
  return jwk;
}

function assertForSignatures({ use = 'sig', alg, key_ops: acts }: Members, kind: Kind): void {
  const verifies = acts === undefined || (Array.isArray(acts) && acts.includes('verify'));
  if (use !== 'sig' || !verifies) throw refused('A key is for signatures (use: sig).');
  if (alg !== undefined && algorithmOf(alg) !== kind.alg)
    throw refused('The alg of a key is the one of its kind.');
}

function textOf(member: unknown): string {
  if (typeof member !== 'string' || !BASE64URL.test(member))
    throw refused('A member of a key is base64url text.');
  return member;
}

function assertStrong(jwk: PublicJwk): void {
  const { asymmetricKeyDetails: details } = publicKeyOf(jwk);
  if (jwk.alg !== 'RS256') return;
  const { modulusLength = 0, publicExponent } = details ?? {};
  if (modulusLength < 2048 || modulusLength > 4096 || publicExponent !== 65_537n) {
    throw refused('An RSA key has 2048 to 4096 bits and the exponent 65537.');
  }
}

function publicKeyOf(jwk: PublicJwk): KeyObject {
  try {
    return createPublicKey({ key: jwk as unknown as JsonWebKey, format: 'jwk' });
  } catch {
    throw refused('A key of the set is not one that can verify anything.');
  }
}

function distinct(keys: readonly PublicJwk[]): PublicJwk[] {
  if (keys.length === 0) throw refused('A key set holds at least one key that can be used.');
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) throw refused('Each key has a kid of its own.');
  return [...keys];
}
