import { type Claim } from './claim.js';
import { type RootCopy } from './loot.js';
import { deadKeys, isErasedThing, keysAt, LIVING, sum, thingsOf } from './loot-views.js';
import { openThings } from './open-things.js';
import { isErased, type Person } from './person.js';

/** Instants at which no erasure is under way, so that roots and rows are what they will stay. */
const SETTLED = ['after', 'soon', 'late'] as const;

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

const rootsGone: Claim = {
  name: 'old-roots-are-gone',
  says: 'every replica of the keyring holds the roots in force and no other',
  judge: (loot) => {
    const problems = SETTLED.flatMap((instant) =>
      wrongRoots(loot.roots[instant], loot.living[instant].inForce),
    );
    const count = sum(SETTLED.map((instant) => loot.roots[instant].length));
    return { tried: `${count} files of roots, at ${SETTLED.length} instants`, problems };
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

/** What is said of values, keys, roots and rows. */
export const SECRETS: readonly Claim[] = [nothingClear, oldWraps, erasedUnreadable, rootsGone, nothingLeft];

/** Whether nothing of this element may be left; null is what belongs to the person as a whole. */
const isGone = (person: Person, element: string | null): boolean =>
  element === null ? person.fate === 'ERASED' : isErased(person, element);

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

const labelKind = (label: string | null): string => label?.split(':')[0] ?? '';
