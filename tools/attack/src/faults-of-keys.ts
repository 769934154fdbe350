import { type Fault } from './faults.js';
import { keysAt } from './loot-views.js';
import {
  branchHolding,
  erasedPack,
  keeping,
  keyBeside,
  keyOf,
  leaverOf,
  packed,
  under,
  valueOfErased,
  withRoot,
  withThings,
  withWraps,
} from './planting.js';

/** Keys and roots that stayed although they were to go. */
export const keyFaults = (): Fault[] => [...rootFaults, ...wrapFaults, ...guessFaults];

const rootFaults: Fault[] = [
  {
    name: 'the old root is kept on one replica',
    claim: 'old-wraps-are-noise',
    plant: (loot) => withRoot(loot, 'after'),
  },
  {
    name: 'a retired root comes back on one replica',
    claim: 'old-roots-are-gone',
    plant: (loot) => withRoot(loot, 'after'),
  },
  {
    name: 'a root in force is lost on one replica',
    claim: 'old-roots-are-gone',
    plant: (loot) => ({ ...loot, roots: { ...loot.roots, late: loot.roots.late.slice(1) } }),
  },
  {
    name: 'a Business is said to have left while its root is there',
    claim: 'who-leaves-is-unreadable',
    plant: (loot) => withRoot(loot, 'left', leaverOf(loot)),
  },
  {
    name: "another Business' roots go with those of the one that leaves",
    claim: 'who-leaves-is-unreadable',
    plant: (loot) => {
      const leaver = leaverOf(loot);
      const left = loot.roots.left.filter(({ tenantId }) => tenantId === leaver);
      return { ...loot, roots: { ...loot.roots, left } };
    },
  },
  {
    name: "the attack has lost yesterday's keyring",
    claim: 'the-attack-is-not-blind',
    plant: (loot) => ({ ...loot, roots: { ...loot.roots, before: [] } }),
  },
];

const wrapFaults: Fault[] = [
  {
    name: "an erased person's node is not given a new key",
    claim: 'old-wraps-are-noise',
    plant: (loot) => keeping(loot, keyOf(loot, erasedPack(loot))),
  },
  {
    name: 'a branch is not given a new key',
    claim: 'old-wraps-are-noise',
    plant: (loot) => keeping(loot, keyOf(loot, branchHolding(loot, keyOf(loot, erasedPack(loot))))),
  },
  {
    name: 'a data key of the erased is kept',
    claim: 'old-wraps-are-noise',
    plant: (loot) => {
      const { of, tenantId } = erasedPack(loot);
      const kept = keysAt(loot, ['before']).keys.find(({ owner }) => owner === of);
      if (kept === undefined) throw new Error('the erased had no key');
      return withWraps(loot, [packed(loot, tenantId, kept)]);
    },
  },
  {
    name: "a value lies under another person's key",
    claim: 'erased-is-unreadable',
    plant: (loot) => {
      const value = valueOfErased(loot);
      return withThings(loot, [under(value, keyBeside(value, loot))]);
    },
  },
];

const guessFaults: Fault[] = [
  ['the key of the old generation of the index is kept', 'house:index-generation:'],
  ['the key of a suppression is kept beyond its window', 'house:window:'],
  ['the key of the day is kept beyond its time', 'house:daily:'],
].map(([name = '', label = '']) => ({
  name,
  claim: 'guesses-fail',
  plant: (loot) => {
    const old = keysAt(loot, ['after']).keys.filter((key) => key.label?.startsWith(label));
    return withWraps(
      loot,
      old.map((key) => packed(loot, key.tenantId, key)),
    );
  },
}));
