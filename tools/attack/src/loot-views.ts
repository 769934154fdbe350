import { type Instant, type Loot, type Tag, type Thing, type Wrap } from './loot.js';
import { erasedIdentities, isErased, type Person } from './person.js';
import { unwrap, type Unwrapped } from './unwrap.js';

/** The instants from which on everything that was ordered is unreadable. */
export const LIVING = ['left', 'after', 'soon', 'late'] as const;

const livingOf = ({ living }: Loot) => LIVING.map((instant) => living[instant]);

/** Every wrap of every copy, and of what lives. */
export const wrapsOf = (loot: Loot): Wrap[] =>
  [...loot.rows, ...livingOf(loot)].flatMap(({ wraps }) => wraps);

/** Every sealed value of every copy, and of what lives, each once. */
export const thingsOf = (loot: Loot): Thing[] =>
  distinctThings([...loot.rows, ...livingOf(loot)].flatMap(({ things }) => things));

/** Every keyed hash of every copy, and of what lives. */
export const tagsOf = (loot: Loot): Tag[] => [...loot.rows, ...livingOf(loot)].flatMap(({ tags }) => tags);

const memory = new WeakMap<object, Map<string, Unwrapped>>();

/** Everything that these instants' keyrings open of every copy. What was worked out once for a loot is kept. */
export function keysAt(loot: Loot, instants: readonly Instant[]): Unwrapped {
  const known = memory.get(loot) ?? new Map<string, Unwrapped>();
  memory.set(loot, known);
  const name = instants.join();
  const unwrapped =
    known.get(name) ??
    unwrap(
      instants.flatMap((instant) => loot.roots[instant]),
      wrapsOf(loot),
      loot,
    );
  known.set(name, unwrapped);
  return unwrapped;
}

/** Whether this is a value or a document that was to become unreadable. */
export function isErasedThing({ facts }: Loot, { kind, of, element }: Thing): boolean {
  const held = facts.subjects.get(of);
  return kind !== 'writing' && held !== undefined && isErased(held.person, element);
}

/** The keys that the erased had before. */
export function deadKeys(loot: Loot): ReadonlySet<string> {
  const before = loot.rows[0];
  if (before === undefined) return new Set();
  return new Set(before.things.filter((thing) => isErasedThing(loot, thing)).map(({ keyId }) => keyId));
}

/** Those of whom an identity was erased by one of these instructions. */
export const peopleOf = ({ facts }: Loot, instructions: ReadonlySet<string>): Person[] =>
  [...facts.orders]
    .filter(([id]) => instructions.has(id))
    .flatMap(([, { subjects }]) => subjects.flatMap((id) => facts.subjects.get(id)?.person ?? []))
    .filter((person) => erasedIdentities(person).length > 0);

const distinctThings = (things: readonly Thing[]): Thing[] => [
  ...new Map(things.map((thing) => [`${thing.keyId} ${thing.counter.toString('latin1')}`, thing])).values(),
];

/** The sum of these numbers. */
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
