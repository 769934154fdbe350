import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DomainError } from '@personr/kernel';

/**
 * A key of the log: both halves while it signs, the public one once it is retired. Times as ISO 8601 says them, null where
 * nobody wrote them down.
 */
export type HeldKey = {
  readonly signing: KeyObject | null;
  readonly verifying: KeyObject;
  readonly from: string | null;
  readonly until: string | null;
};

const OTHERS = 0o077;
/** Text before a key is allowed (RFC 7468, section 2); here it says the key's times. */
const KEY = /((?:^[a-z]+: [^\n]*\n)*)(-----BEGIN (PRIVATE|PUBLIC) KEY-----\n[^-]*-----END \3 KEY-----)/gmu;

/**
 * Reads a file of keys, the newest first: PKCS#8 and SPKI in PEM, each with `from:` and `until:` before it, where known.
 * Throws `KEY_MALFORMED` when others than its owner may read or change it, when it holds another kind of key than Ed25519,
 * or none that signs.
 */
export function readKeyFile(path: string): HeldKey[] {
  const { text, mode } = read(path);
  if ((mode & OTHERS) !== 0)
    throw malformed('The log signing key must be readable by its owner alone (0600).');
  const keys = [...text.matchAll(KEY)].map(([, words = '', pem = '', half]) => ({
    ...halvesOf(pem, half === 'PRIVATE'),
    from: timeIn(words, 'from'),
    until: timeIn(words, 'until'),
  }));
  if (!keys.some(({ signing }) => signing !== null))
    throw malformed('The file holds no key that signs the log.');
  return keys;
}

/** Adds a new key in front, which signs from now on; those before it sign too. Throws as `readKeyFile` does. */
export function addKey(path: string, at: Date): HeldKey[] {
  const { privateKey: signing, publicKey: verifying } = generateKeyPairSync('ed25519');
  const added = { signing, verifying, from: at.toISOString(), until: null };
  return replaceWith(path, [added, ...readKeyFile(path)]);
}

/** Forgets the private half of every key but the newest: they sign no more. Throws as `readKeyFile` does. */
export function retireKeys(path: string, at: Date): HeldKey[] {
  const [newest, ...older] = readKeyFile(path).sort(bySigning);
  if (newest === undefined) throw malformed('The file holds no key that signs the log.');
  const retired = older.map((key) => ({ ...key, signing: null, until: key.until ?? at.toISOString() }));
  return replaceWith(path, [newest, ...retired]);
}

const bySigning = (one: HeldKey, other: HeldKey): number =>
  Number(one.signing === null) - Number(other.signing === null);

/** Puts a whole new file in place of the old one; a crash leaves one of the two. */
function replaceWith(path: string, keys: HeldKey[]): HeldKey[] {
  const draft = `${path}.new`;
  const file = create(draft);
  try {
    writeFileSync(file, keys.map(textOf).join(''));
    fsyncSync(file);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  const directory = openSync(dirname(path), 'r');
  fsyncSync(directory);
  closeSync(directory);
  return keys;
}

function create(draft: string): number {
  try {
    return openSync(draft, 'wx', 0o600);
  } catch (cause) {
    const sentence =
      'The file beside the keys with the ending .new is of another change, or of one that broke off.';
    throw new DomainError('KEY_MALFORMED', sentence, { cause });
  }
}

function textOf({ signing, verifying, from, until }: HeldKey): string {
  const pem =
    signing?.export({ type: 'pkcs8', format: 'pem' }) ?? verifying.export({ type: 'spki', format: 'pem' });
  const words = [['from', from] as const, ['until', until] as const];
  return `${words.map(([name, time]) => (time === null ? '' : `${name}: ${time}\n`)).join('')}${pem.toString()}`;
}

function read(path: string): { text: string; mode: number } {
  try {
    return { text: readFileSync(path, 'utf8'), mode: statSync(path).mode };
  } catch (cause) {
    throw new DomainError('KEY_MALFORMED', 'The file of the log signing key cannot be read.', { cause });
  }
}

function halvesOf(pem: string, isPrivate: boolean): Pick<HeldKey, 'signing' | 'verifying'> {
  try {
    const signing = isPrivate ? createPrivateKey(pem) : null;
    return { signing, verifying: createPublicKey(signing ?? pem) };
  } catch (cause) {
    throw new DomainError(
      'KEY_MALFORMED',
      'The file of the log signing key holds something that is no key.',
      {
        cause,
      },
    );
  }
}

function timeIn(words: string, name: string): string | null {
  const line = words.split('\n').find((found) => found.startsWith(`${name}: `));
  if (line === undefined) return null;
  const at = new Date(line.slice(name.length + 2));
  if (Number.isNaN(at.getTime())) throw malformed('A time in the file of the log signing key is none.');
  return at.toISOString();
}

const malformed = (sentence: string): DomainError => new DomainError('KEY_MALFORMED', sentence);
