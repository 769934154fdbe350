import { guessAll, type Guessed } from './guess.js';
import { type Instant, type Loot, type RootCopy, type Tag, type Thing } from './loot.js';
import { openThings, readWhole } from './open-things.js';
import { erasedIdentities, isErased, type Person } from './person.js';
import { problemsOf } from './receipts.js';
import { type Got, unwrap, type Unwrapped } from './unwrap.js';

/** What a claim came to: what was tried, in words with counts, and every way in which it does not hold. */
export type Verdict = { readonly tried: string; readonly problems: readonly string[] };

/** Something the product says of itself, and how the attacker goes about it. */
export type Claim = {
  readonly name: string;
  readonly says: string;
  readonly judge: (loot: Loot) => Verdict;
};

const LIVING = ['after', 'soon', 'late'] as const;

export const wrapsOf = ({ rows, living }: Loot) =>
  [...rows, ...LIVING.map((instant) => living[instant])].flatMap(({ wraps }) => wraps);
const thingsOf = ({ rows, living }: Loot): Thing[] =>
  distinctThings([...rows, ...LIVING.map((instant) => living[instant])].flatMap(({ things }) => things));
const tagsOf = ({ rows, living }: Loot) =>
  [...rows, ...LIVING.map((instant) => living[instant])].flatMap(({ tags }) => tags);

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

const isErasedThing = ({ facts }: Loot, { kind, of, element }: Thing): boolean => {
  const held = facts.subjects.get(of);
  return kind !== 'writing' && held !== undefined && isErased(held.person, element);
};

const nothingClear: Claim = {
  name: 'nothing-in-the-clear',
  says: 'no value, name, number or plain hash rests anywhere in the clear, before or after',
  judge: ({ searched, planted, haystack }) => {
    const all = [...searched, haystack.search(planted)];
    const [files, bytes] = [sum(all.map((one) => one.files)), sum(all.map((one) => one.bytes))];
    return {
      tried: `${haystack.size} spellings in ${files} files and tables, ${Math.round(bytes / 2 ** 20)} MiB`,
      problems: all.flatMap(({ finds }) => finds),
    };
  },
};

const oldWraps: Claim = {
  name: 'old-wraps-are-noise',
  says: 'no living key opens, from any copy, a key of what was erased',
  judge: (loot) => {
    const { keys, tries, wraps, opened } = keysAt(loot, LIVING);
    const dead = deadKeys(loot);
    const back = keys.filter(({ id }) => id !== null && dead.has(id));
    return {
      tried: `${tries} openings of ${wraps} wraps, ${opened} opened; ${dead.size} dead keys looked for`,
      problems: [
        ...back.map(({ label }) => `a key of the erased came back (${labelKind(label)})`),
        ...(dead.size === 0 ? ['no dead key is known, so none was looked for'] : []),
      ],
    };
  },
};

const erasedUnreadable: Claim = {
  name: 'erased-is-unreadable',
  says: 'no living key opens, in any copy, a value or document of what was erased',
  judge: (loot) => {
    const things = thingsOf(loot).filter((thing) => isErasedThing(loot, thing));
    const opened = openThings(keysAt(loot, LIVING).keys, things);
    return {
      tried: `${opened.tries} pairs of a key and one of ${things.length} sealed values`,
      problems: [
        ...[...opened.things].map(({ kind, element }) => `a ${kind} (${element}) of the erased was opened`),
        ...(things.length === 0 ? ['there was nothing to open'] : []),
      ],
    };
  },
};

const survivorsReadable: Claim = {
  name: 'survivors-are-read',
  says: 'every value and document of everybody else is opened whole, also from older copies',
  judge: (loot) => {
    const things = thingsOf(loot).filter((thing) => thing.kind !== 'writing' && !isErasedThing(loot, thing));
    const whole = readWhole(keysAt(loot, ['late']).keys, things);
    const missing = missingThings(loot, things);
    return {
      tried: `${whole.size} of ${things.length} sealed values opened whole with the keys of the end`,
      problems: [
        ...things
          .filter((thing) => !whole.has(thing))
          .map(({ kind, element }) => `a ${kind} (${element}) of a survivor is lost`),
        ...missing,
      ],
    };
  },
};

const writingsKept: Claim = {
  name: 'orders-are-kept',
  says: 'the written order of each erasure is opened, under its own key, and is nowhere else',
  judge: (loot) => {
    const things = loot.living.late.things.filter(({ kind }) => kind === 'writing');
    const { keys } = keysAt(loot, ['late']);
    const whole = readWhole(keys, things);
    const lost = [...loot.facts.orders.keys()].filter((id) => ![...whole].some((thing) => thing.of === id));
    const subjects = keys.filter(({ owner }) => owner !== null && loot.facts.subjects.has(owner));
    const elsewhere = openThings(subjects, things).things;
    return {
      tried: `${whole.size} of ${loot.facts.orders.size} written orders`,
      problems: [
        ...lost.map(() => 'a written order is lost'),
        ...[...elsewhere].map(() => "a written order opens with a subject's key"),
      ],
    };
  },
};

const guessesFail: Claim = {
  name: 'guesses-fail',
  says: 'once it is said that no guess can be confirmed, no right guess is, in any copy, by any living key',
  judge: (loot) => {
    const problems: string[] = [];
    let [tries, people] = [0, 0];
    for (const instant of ['soon', 'late'] as const) {
      const unguessable = peopleOf(loot, loot.living[instant].unguessable);
      const guessed = guessEach(loot, keysAt(loot, [instant]).keys, unguessable);
      people += unguessable.length;
      tries += guessed.tries;
      for (const [kind, count] of guessed.confirmed) {
        if (count > 0) problems.push(`${count} guesses were confirmed by values of ${kind}, ${instant}`);
      }
    }
    const waiting = loot.facts.orders.size - loot.living.late.unguessable.size;
    if (waiting > 0)
      problems.push(`of ${waiting} erasures it is not said in time that no guess can be confirmed`);
    return { tried: `${tries} pairs of a right guess about ${people} people and a keyed hash`, problems };
  },
};

const rootsGone: Claim = {
  name: 'old-roots-are-gone',
  says: 'every replica of the keyring holds the roots in force and no other',
  judge: (loot) => {
    const problems = LIVING.flatMap((instant) =>
      wrongRoots(loot.roots[instant], loot.living[instant].inForce),
    );
    const count = sum(LIVING.map((instant) => loot.roots[instant].length));
    return { tried: `${count} files of roots, at ${LIVING.length} instants`, problems };
  },
};

const nothingLeft: Claim = {
  name: 'nothing-is-left',
  says: 'no living store holds a row, a key, an index entry or a file of what was erased',
  judge: (loot) => {
    const left = loot.living.after.left;
    return {
      tried: `${left.length} rows and files, by whose they are`,
      problems: left.flatMap(({ store, subjectId }) => {
        const person = loot.facts.subjects.get(subjectId)?.person;
        const [, element = null] = store.split(':');
        const isLeft = person !== undefined && isGone(person, element);
        return isLeft ? [`${store} of the erased is left`] : [];
      }),
    };
  },
};

const behindLivingKeys: Claim = {
  name: 'old-data-behind-living-keys',
  says: 'forced open over an older data database, the product says nothing of the erased, and all of the others',
  judge: ({ behindLivingKeys: { asked, values, had, lost } }) => ({
    tried: `${asked} requests, ${values} values and documents of survivors read`,
    problems: [...had, ...lost],
  }),
};

const closedUntilReplayed: Claim = {
  name: 'closed-until-replayed',
  says: 'beside an older data database the product answers nothing, until every erasure since is done again',
  judge: ({ besideOldData: { asked, closed, had } }) => ({
    tried: `${asked} requests, ${closed} answered that the service is closed`,
    problems: [...had, ...(asked === closed ? [] : [`${asked - closed} requests were not refused`])],
  }),
};

const throughProduct: Claim = {
  name: 'product-knows-the-rest',
  says: 'the running product says nothing of the erased, and all of the others',
  judge: ({ throughProduct: { asked, values, had, lost } }) => ({
    tried: `${asked} requests, ${values} values and documents of survivors read`,
    problems: [...had, ...lost],
  }),
};

const receiptsVerify: Claim = {
  name: 'receipts-verify',
  says: 'each erasure has a receipt that verifies, and its instants are in order',
  judge: ({ receipts, facts }) => ({
    tried: `${receipts.length} receipts`,
    problems: [
      ...receipts.flatMap(problemsOf),
      ...(receipts.length < facts.orders.size ? ['a receipt is missing'] : []),
    ],
  }),
};

const notBlind: Claim = {
  name: 'the-attack-is-not-blind',
  says: "with yesterday's keyring the same attack reads everything that was erased, and confirms the guesses",
  judge: (loot) => {
    const { keys } = keysAt(loot, ['before']);
    const old = loot.rows[0]?.things.filter((thing) => isErasedThing(loot, thing)) ?? [];
    const opened = openThings(keys, old).things;
    const erased = peopleOf(loot, new Set(loot.facts.orders.keys()));
    const { confirmed } = guessEach(loot, [...keys, ...keysAt(loot, ['after']).keys], erased);
    const unconfirmed = [...confirmed].filter(([, count]) => count === 0);
    return {
      tried: `${opened.size} of ${old.length} erased values opened; guesses confirmed: ${[...confirmed].map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
      problems: [
        ...old
          .filter((thing) => !opened.has(thing))
          .map(({ kind }) => `a ${kind} stays closed with its own keys`),
        ...unconfirmed.map(([kind]) => `no guess is confirmed by ${kind} even with its own keys`),
        ...(old.length === 0 ? ['nothing was erased'] : []),
      ],
    };
  },
};

/** Every claim, in the order in which it is told. */
export const CLAIMS: readonly Claim[] = [
  nothingClear,
  oldWraps,
  erasedUnreadable,
  rootsGone,
  nothingLeft,
  closedUntilReplayed,
  behindLivingKeys,
  guessesFail,
  survivorsReadable,
  throughProduct,
  writingsKept,
  receiptsVerify,
  notBlind,
];

/** Guesses about these people, with the keys and the hashes of the Business that knows them. */
function guessEach(loot: Loot, keys: readonly Got[], people: readonly Person[]): Guessed {
  const tags = tagsOf(loot);
  const each = loot.facts.businesses.map((business) => {
    const { tenantId } = business.door.tenant;
    const isOwn = (one: { readonly tenantId: string }): boolean => one.tenantId === tenantId;
    const own = business.people.map(({ person }) => person).filter((person) => people.includes(person));
    return guessAll(keys.filter(isOwn), tags.filter(isOwn), own);
  });
  const kinds: Tag['kind'][] = ['index', 'suppression', 'idempotency'];
  return {
    tries: sum(each.map(({ tries }) => tries)),
    confirmed: new Map(
      kinds.map((kind) => [kind, sum(each.map(({ confirmed }) => confirmed.get(kind) ?? 0))]),
    ),
  };
}

/** Whether nothing of this element may be left; null is what belongs to the person as a whole. */
const isGone = (person: Person, element: string | null): boolean =>
  element === null ? person.fate === 'ERASED' : isErased(person, element);

/** The keys that the erased had before. */
export function deadKeys(loot: Loot): ReadonlySet<string> {
  const before = loot.rows[0];
  if (before === undefined) return new Set();
  return new Set(before.things.filter((thing) => isErasedThing(loot, thing)).map(({ keyId }) => keyId));
}

/** Those of whom an identity was erased by one of these instructions. */
export const peopleOf = ({ facts }: Loot, instructions: ReadonlySet<string>): Person[] =>
  [...facts.orders].flatMap(([id, subjectId]) => {
    const person = facts.subjects.get(subjectId)?.person;
    return person !== undefined && instructions.has(id) && erasedIdentities(person).length > 0
      ? [person]
      : [];
  });

/** The data keys among these of one owner. */
export const keysOf = (keys: readonly Got[], owner: string): Got[] =>
  keys.filter((got) => got.owner === owner);

function wrongRoots(roots: readonly RootCopy[], inForce: ReadonlySet<string>): string[] {
  const replicas = [...new Set(roots.map(({ replica }) => replica))];
  const names = roots.map(({ tenantId, rootId, replica }) => ({ replica, name: `${tenantId}/${rootId}` }));
  const old = names.filter(({ name }) => !inForce.has(name));
  const missing = replicas.flatMap((replica) =>
    [...inForce].filter((name) => !names.some((one) => one.replica === replica && one.name === name)),
  );
  return [
    ...old.map(({ replica }) => `a root that is not in force lies on replica ${replica}`),
    ...missing.map(() => 'a root in force is missing on a replica'),
    ...(replicas.length < 2 ? ['there are fewer than two replicas'] : []),
  ];
}

/** What was sent of survivors and is in no row. */
function missingThings({ facts, living }: Loot, things: readonly Thing[]): string[] {
  const there = new Set(things.map(({ of, element, kind }) => `${kind} ${of} ${element}`));
  const now = new Set(living.late.things.map(({ of, element, kind }) => `${kind} ${of} ${element}`));
  return [...facts.subjects].flatMap(([of, { person }]) =>
    [...person.values.keys()]
      .map((element) => ({ kind: 'value', element }))
      .concat(person.documents.map(({ element }) => ({ kind: 'document', element })))
      .filter(({ element }) => !isErased(person, element))
      .map(({ kind, element }) => ({ name: `${kind} ${of} ${element}`, element }))
      .filter(({ name }) => !there.has(name) || !now.has(name))
      .map(({ element }) => `${element} of a survivor is in no row`),
  );
}

const distinctThings = (things: readonly Thing[]): Thing[] => [
  ...new Map(things.map((thing) => [`${thing.keyId} ${thing.counter.toString('latin1')}`, thing])).values(),
];

const labelKind = (label: string | null): string => label?.split(':')[0] ?? '';
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
