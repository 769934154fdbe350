import { type Claim } from './claim.js';
import { type Loot, type Thing } from './loot.js';
import { isErasedThing, keysAt, LIVING, thingsOf, wrapsOf } from './loot-views.js';
import { openThings, readWhole } from './open-things.js';
import { digestSpelled, Haystack } from './search.js';

/** That much of a wrap is nowhere by chance. */
const WRAP_BYTES = 32;

/** A backup is of no use to whoever has no key. */
export const backupHoldsNoKey: Claim = {
  name: 'backup-holds-no-key',
  says: 'a portable backup holds no key that ever was, neither bare nor wrapped',
  judge: (loot) => {
    const keys = keysAt(loot, ['before', ...LIVING]).keys.map(({ key }) => key);
    const wraps = wrapsOf(loot).map(({ sealed }) => sealed.subarray(0, WRAP_BYTES));
    const haystack = new Haystack([
      ...distinct(keys).flatMap((key) => digestSpelled('a key', key)),
      ...distinct(wraps).flatMap((wrap) => digestSpelled('a wrapped key', wrap)),
    ]);
    const { files, bytes, finds } = haystack.search(loot.portable.files);
    return {
      tried: `${haystack.size} spellings of ${keys.length} keys and their wraps in ${files} files, ${Math.round(bytes / 2 ** 20)} MiB`,
      problems: [
        ...finds,
        ...(keys.length === 0 ? ['no key is known, so none was looked for'] : []),
        ...(files === 0 ? ['there is no backup'] : []),
      ],
    };
  },
};

/** The instant that is promised to a Business that leaves. */
export const leaverUnreadable: Claim = {
  name: 'who-leaves-is-unreadable',
  says: 'from the instant on at which a Business that leaves is said to be unreadable, nothing of it is had, and all of the others is',
  judge: (loot) => {
    const { keys } = keysAt(loot, ['left']);
    const things = thingsOf(loot).filter(({ kind }) => kind !== 'writing');
    const own = things.filter((thing) => isLeavers(loot, thing));
    const gone = own.filter((thing) => isErasedThing(loot, thing));
    const opened = openThings(keys, gone);
    const kept = things.filter((thing) => !isErasedThing(loot, thing));
    const whole = readWhole(keys, kept);
    return {
      tried: `${opened.tries} pairs of a key and one of ${gone.length} sealed values; ${whole.size} of ${kept.length} of the others opened whole`,
      problems: [
        ...[...opened.things].map(({ kind }) => `a ${kind} of the Business that left was opened`),
        ...kept.filter((thing) => !whole.has(thing)).map(({ kind }) => `a ${kind} of somebody else is lost`),
        ...(gone.length === 0 ? ['nobody left'] : []),
      ],
    };
  },
};

const isLeavers = ({ facts }: Loot, { tenantId }: Thing): boolean =>
  facts.businesses.some((business) => business.leaves && business.door.tenant.tenantId === tenantId);

const distinct = (all: readonly Buffer[]): Buffer[] => [
  ...new Map(all.map((bytes) => [bytes.toString('latin1'), bytes])).values(),
];
