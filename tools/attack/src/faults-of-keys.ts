import { keysAt, peopleOf, wrapsOf } from './claims.js';
import { type Fault } from './faults.js';
import { bareOf, openSealed, sealLike } from './formats.js';
import { type Loot, type RootCopy, type Rows, type Thing, type Wrap } from './loot.js';
import { type Fate } from './person.js';
import { thingOf } from './read-data.js';
import { type Got } from './unwrap.js';

const NOWHERE = Buffer.from('planted');

/** Keys and roots that stayed, and keys that went although somebody needs them. */
export const keyFaults = (): Fault[] => [...rootFaults, ...wrapFaults, ...guessFaults, ...lossFaults];

const rootFaults: Fault[] = [
  {
    name: 'the old root is kept on one replica',
    claim: 'old-wraps-are-noise',
    plant: (loot) => withRoot(loot),
  },
  {
    name: 'a retired root comes back on one replica',
    claim: 'old-roots-are-gone',
    plant: (loot) => withRoot(loot),
  },
  {
    name: 'a root in force is lost on one replica',
    claim: 'old-roots-are-gone',
    plant: (loot) => ({ ...loot, roots: { ...loot.roots, late: loot.roots.late.slice(1) } }),
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
    plant: (loot) => keeping(loot, nodeKeyOf(loot, erasedPack(loot))),
  },
  {
    name: 'a branch is not given a new key',
    claim: 'old-wraps-are-noise',
    plant: (loot) => {
      const node = nodeKeyOf(loot, erasedPack(loot));
      return keeping(loot, keyOf(loot, branchHolding(loot, node)));
    },
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
      const other = keysAt(loot, ['late']).keys.find(
        ({ id, tenantId }) => id !== null && tenantId === value.tenantId,
      );
      if (other === undefined) throw new Error('nobody else has a key');
      return withThings(loot, [under(value, other.key)]);
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

const lossFaults: Fault[] = [
  {
    name: "a survivor's keys are lost",
    claim: 'survivors-are-read',
    plant: (loot) => without(loot, ({ of }) => of === subjectOf(loot, 'KEPT')),
  },
  {
    name: 'what was kept in part is lost',
    claim: 'survivors-are-read',
    plant: (loot) => without(loot, ({ of }) => of === subjectOf(loot, 'PARTLY')),
  },
  {
    name: 'what was held is lost',
    claim: 'survivors-are-read',
    plant: (loot) => without(loot, ({ of }) => of === subjectOf(loot, 'HELD')),
  },
  {
    name: "a survivor's row is lost",
    claim: 'survivors-are-read',
    plant: (loot) => {
      const of = subjectOf(loot, 'KEPT');
      const { late } = loot.living;
      const things = late.things.filter((thing) => thing.of !== of || thing.element !== 'MRZ');
      return { ...loot, living: { ...loot.living, late: { ...late, things } } };
    },
  },
  {
    name: "the order's key goes with the person",
    claim: 'orders-are-kept',
    plant: (loot) => without(loot, ({ of }) => of === [...loot.facts.orders.keys()][0]),
  },
  {
    name: "an order lies under a subject's key",
    claim: 'orders-are-kept',
    plant: (loot) => {
      const { late } = loot.living;
      const { keys } = keysAt(loot, ['late']);
      const key = keys.find(({ owner }) => owner !== null && loot.facts.subjects.has(owner));
      const writing = late.things.find(
        ({ kind, tenantId }) => kind === 'writing' && tenantId === key?.tenantId,
      );
      if (key === undefined || writing === undefined) throw new Error('there is no order');
      const things = [...late.things, under(writing, key.key)];
      return { ...loot, living: { ...loot.living, late: { ...late, things } } };
    },
  },
];

/** A root of before is where roots live now. */
function withRoot(loot: Loot): Loot {
  const { of } = erasedPack(loot);
  const { tenantId } = erasedPack(loot);
  const isOld = (root: RootCopy) =>
    root.tenantId === tenantId && !loot.living.after.inForce.has(`${root.tenantId}/${root.rootId}`);
  const old = loot.roots.before.filter(isOld);
  if (old.length === 0) throw new Error(`the erasure of ${of} retired no root`);
  return { ...loot, roots: { ...loot.roots, after: [...loot.roots.after, ...old] } };
}

/** A branch that is sealed under a living key holds this key. */
const keeping = (loot: Loot, { tenantId, key }: Got): Loot =>
  withWraps(loot, [
    {
      tenantId,
      kind: 'branch',
      of: 'planted',
      contexts: [NOWHERE],
      sealed: sealLike(livingKey(loot, tenantId), NOWHERE, key),
      keys: [],
    },
  ]);

/** A pack that is sealed under a living key holds this data key. */
const packed = (loot: Loot, tenantId: string, { key, id, label, owner }: Got): Wrap => ({
  tenantId,
  kind: 'pack',
  of: owner ?? '',
  contexts: [NOWHERE],
  sealed: sealLike(livingKey(loot, tenantId), NOWHERE, key),
  keys: [{ id: id ?? '', label: label ?? '' }],
});

/** A root that lives at every instant's end. */
function livingKey({ roots }: Loot, tenantId: string): Buffer {
  const root = roots.late.find((one) => one.tenantId === tenantId);
  if (root === undefined) throw new Error('a tenant has no root');
  return root.key;
}

const withWraps = (loot: Loot, wraps: readonly Wrap[]): Loot =>
  changed(loot, (rows) => ({ ...rows, wraps: [...rows.wraps, ...wraps] }));
const withThings = (loot: Loot, things: readonly Thing[]): Loot =>
  changed(loot, (rows) => ({ ...rows, things: [...rows.things, ...things] }));

function changed(loot: Loot, change: (rows: Rows) => Rows): Loot {
  const { after, soon, late } = loot.living;
  return { ...loot, living: { after, soon, late: change(late) } };
}

/** Every copy, and what lives, without these wraps. */
function without(loot: Loot, isGone: (wrap: Wrap) => boolean): Loot {
  const less = (rows: Rows): Rows => ({ ...rows, wraps: rows.wraps.filter((wrap) => !isGone(wrap)) });
  const { after, soon, late } = loot.living;
  return {
    ...loot,
    rows: loot.rows.map(less),
    living: { after: less(after), soon: less(soon), late: less(late) },
  };
}

/** A value sealed anew under another key. */
function under({ kind, tenantId, keyId, of, element, known }: Thing, key: Buffer): Thing {
  const bare = bareOf(sealLike(key, NOWHERE, known));
  const block = kind === 'writing' ? 5 : 0;
  return thingOf({ kind, tenantId, keyId, of, element }, bare, { known, block });
}

function erasedPack(loot: Loot): Wrap {
  const [first] = peopleOf(loot, new Set(loot.facts.orders.keys()));
  const subjectId = [...loot.facts.subjects].find(([, { person }]) => person === first)?.[0];
  const pack = loot.rows[0]?.wraps.find(({ kind, of }) => kind === 'pack' && of === subjectId);
  if (pack === undefined) throw new Error('nobody who had keys was erased');
  return pack;
}

const nodeKeyOf = (loot: Loot, pack: Wrap): Got => keyOf(loot, pack);

/** The key that opened a wrap before. */
function keyOf(loot: Loot, { contexts, sealed }: Wrap): Got {
  const opener = keysAt(loot, ['before']).keys.find(({ key }) =>
    contexts.some((context) => openSealed(key, context, sealed) !== null),
  );
  if (opener === undefined) throw new Error('the wrap was never opened');
  return opener;
}

/** The branch in which a key lay before. */
function branchHolding(loot: Loot, { key }: Got): Wrap {
  const { keys } = keysAt(loot, ['before']);
  const found = wrapsOf(loot).find(
    ({ kind, contexts, sealed }) =>
      kind === 'branch' &&
      keys.some((one) =>
        contexts.some((context) => openSealed(one.key, context, sealed)?.includes(key) === true),
      ),
  );
  if (found === undefined) throw new Error('the key lay in no branch');
  return found;
}

function valueOfErased(loot: Loot): Thing {
  const pack = erasedPack(loot);
  const value = loot.rows[0]?.things.find(({ kind, of }) => kind === 'value' && of === pack.of);
  if (value === undefined) throw new Error('nothing was held of the erased');
  return value;
}

function subjectOf({ facts }: Loot, fate: Fate): string {
  const found = [...facts.subjects].find(([, { person }]) => person.fate === fate);
  if (found === undefined) throw new Error(`nobody is ${fate}`);
  return found[0];
}
