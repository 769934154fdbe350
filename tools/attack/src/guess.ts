import { canonicalJson, type Json } from '@personr/kernel';
import { decryptBlocks, hmac, lengthPrefixed } from './formats.js';
import { type Tag } from './loot.js';
import { admissionOf, erasedIdentities, type Identity, normalised, orderOf, type Person } from './person.js';
import { type Got } from './unwrap.js';

const MAC_BYTES = 16;

/** What came of it: the guesses that were confirmed, by the kind of value that confirmed them, and how many were tried. */
export type Guessed = { readonly confirmed: ReadonlyMap<Tag['kind'], number>; readonly tries: number };

/** A guess that is right: an identity, or a whole request as it was sent. */
type Guess = { readonly identity: Identity } | { readonly key: Buffer; readonly request: string };

/** All that could be guessed of a person and of the order about it, rightly. */
const guessesOf = (person: Person): Guess[] => [
  ...erasedIdentities(person).map((identity) => ({ identity })),
  requestOf(person.idempotencyKey, 'admitSubject', admissionOf(person)),
  requestOf(orderKeyOf(person), 'acceptInstruction', orderOf(person, { externalId: person.externalId })),
];

const requestOf = (key: string, act: string, body: Json): Guess => ({
  key: Buffer.from(key),
  request: `fingerprint\n${canonicalJson([act, body])}`,
});

/** The `Idempotency-Key` that the order about a person is sent with: whoever knows the person can guess it. */
export const orderKeyOf = ({ externalId }: Person): string => `delete-${externalId}`;

/**
 * Tries every right guess of these people against every keyed hash of every copy, with every key for every use that a key
 * could have: of the index, for which two are needed, of a suppression, and of a day's fingerprints.
 */
export function guessAll(keys: readonly Got[], tags: readonly Tag[], people: readonly Person[]): Guessed {
  const distinct = [...new Map(keys.map(({ key }) => [key.toString('latin1'), key])).values()];
  const guesses = people.flatMap(guessesOf);
  const of = (kind: Tag['kind']) => [
    ...new Set(tags.filter((tag) => tag.kind === kind).map(({ bytes }) => latin(bytes))),
  ];
  const hashes = new Set(of('idempotency'));
  const made = { macs: new Set<string>(), fingerprints: new Set<string>() };
  for (const key of distinct) for (const guess of guesses) note(key, guess, { ...made, hashes });
  const confirmed = new Map<Tag['kind'], number>();
  const confirm = (kind: Tag['kind'], count: number) =>
    confirmed.set(kind, (confirmed.get(kind) ?? 0) + count);
  confirm('suppression', of('suppression').filter((tag) => made.macs.has(tag)).length);
  confirm('idempotency', made.fingerprints.size);
  confirm('index', inIndex(distinct, of('index'), made.macs));
  return { confirmed, tries: distinct.length * guesses.length * tags.length };
}

/** What guesses came to: MACs of identities, and those hashes of requests that one confirmed. */
type Made = {
  readonly macs: Set<string>;
  readonly fingerprints: Set<string>;
  readonly hashes: ReadonlySet<string>;
};

/** What a key makes of a guess. A whole request is long: it is tried where the name that it was sent under was confirmed. */
function note(key: Buffer, guess: Guess, { macs, fingerprints, hashes }: Made): void {
  if ('identity' in guess) {
    macs.add(latin(macOf(key, guess.identity)));
    return;
  }
  const named = hmac(key, guess.key);
  const tag = latin(hmac(named, 'tag'));
  if (!hashes.has(tag)) return;
  for (const name of [tag, latin(hmac(named, guess.request))]) if (hashes.has(name)) fingerprints.add(name);
}

/** A tag of the index is a MAC as one block under a second key: every key is tried as that one. */
function inIndex(keys: readonly Buffer[], tags: readonly string[], macs: ReadonlySet<string>): number {
  const blocks = Buffer.from(tags.join(''), 'latin1');
  const found = new Set<number>();
  for (const key of keys) {
    const opened = decryptBlocks(key, blocks);
    for (let place = 0; place < tags.length; place += 1) {
      const mac = opened.subarray(place * MAC_BYTES, (place + 1) * MAC_BYTES);
      if (macs.has(latin(mac))) found.add(place);
    }
  }
  return found.size;
}

const macOf = (key: Buffer, identity: Identity): Buffer =>
  hmac(key, lengthPrefixed(['identity', identity.type, normalised(identity)])).subarray(0, MAC_BYTES);

const latin = (bytes: Buffer): string => bytes.toString('latin1');
