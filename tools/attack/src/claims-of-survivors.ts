import { type Claim } from './claim.js';
import { type Loot, type Thing } from './loot.js';
import { isErasedThing, keysAt, thingsOf } from './loot-views.js';
import { openThings, readWhole } from './open-things.js';
import { isErased } from './person.js';

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

/** What is said of everybody else, and of what is kept of an erasure. */
export const SURVIVORS: readonly Claim[] = [survivorsReadable, writingsKept];

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
