import { bareOf, openSealed, sealLike } from './formats.js';
import { type Loot, type RootCopy, type Rows, type Thing, type Wrap } from './loot.js';
import { keysAt, peopleOf, wrapsOf } from './loot-views.js';
import { type Fate } from './person.js';
import { thingOf } from './read-data.js';
import { type Got } from './unwrap.js';

const NOWHERE = Buffer.from('planted');
/** Of a writing that is sealed anew: the block from which on it is known. */
const WRITING_BLOCK = 5;

/** A root of before that an erasure retired is where roots live at this instant. */
export function withRoot(loot: Loot, instant: 'left' | 'after', tenantId = erasedPack(loot).tenantId): Loot {
  const isOld = (root: RootCopy) =>
    root.tenantId === tenantId && !loot.living.after.inForce.has(`${root.tenantId}/${root.rootId}`);
  const old = loot.roots.before.filter(isOld);
  if (old.length === 0) throw new Error('no root of the tenant was retired');
  return { ...loot, roots: { ...loot.roots, [instant]: [...loot.roots[instant], ...old] } };
}

/** A branch that is sealed under a living key holds this key. */
export const keeping = (loot: Loot, { tenantId, key }: Got): Loot =>
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
export const packed = (loot: Loot, tenantId: string, { key, id, label, owner }: Got): Wrap => ({
  tenantId,
  kind: 'pack',
  of: owner ?? '',
  contexts: [NOWHERE],
  sealed: sealLike(livingKey(loot, tenantId), NOWHERE, key),
  keys: [{ id: id ?? '', label: label ?? '' }],
});

/** These wraps live at the end. */
export const withWraps = (loot: Loot, wraps: readonly Wrap[]): Loot =>
  changed(loot, (rows) => ({ ...rows, wraps: [...rows.wraps, ...wraps] }));

/** These sealed values live at the end. */
export const withThings = (loot: Loot, things: readonly Thing[]): Loot =>
  changed(loot, (rows) => ({ ...rows, things: [...rows.things, ...things] }));

/** What lives at the end is another. */
export const changed = (loot: Loot, change: (rows: Rows) => Rows): Loot => ({
  ...loot,
  living: { ...loot.living, late: change(loot.living.late) },
});

/** Every copy, and what lives, without these wraps. */
export function without(loot: Loot, isGone: (wrap: Wrap) => boolean): Loot {
  const less = (rows: Rows): Rows => ({ ...rows, wraps: rows.wraps.filter((wrap) => !isGone(wrap)) });
  const { left, after, soon, late } = loot.living;
  return {
    ...loot,
    rows: loot.rows.map(less),
    living: { left: less(left), after: less(after), soon: less(soon), late: less(late) },
  };
}

/** A value sealed anew under another key. */
export function under({ kind, tenantId, keyId, of, element, known }: Thing, key: Buffer): Thing {
  const bare = bareOf(sealLike(key, NOWHERE, known));
  const block = kind === 'writing' ? WRITING_BLOCK : 0;
  return thingOf({ kind, tenantId, keyId, of, element }, bare, { known, block });
}

/** The keys of somebody erased, as they were before. */
export function erasedPack(loot: Loot): Wrap {
  const [first] = peopleOf(loot, new Set(loot.facts.orders.keys()));
  const subjectId = [...loot.facts.subjects].find(([, { person }]) => person === first)?.[0];
  const pack = loot.rows[0]?.wraps.find(({ kind, of }) => kind === 'pack' && of === subjectId);
  if (pack === undefined) throw new Error('nobody who had keys was erased');
  return pack;
}

/** The key that opened a wrap before. */
export function keyOf(loot: Loot, { contexts, sealed }: Wrap): Got {
  const opener = keysAt(loot, ['before']).keys.find(({ key }) =>
    contexts.some((context) => openSealed(key, context, sealed) !== null),
  );
  if (opener === undefined) throw new Error('the wrap was never opened');
  return opener;
}

/** The branch in which a key lay before. */
export function branchHolding(loot: Loot, { key }: Got): Wrap {
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

/** A value of somebody erased, as it rested before. */
export function valueOfErased(loot: Loot): Thing {
  const pack = erasedPack(loot);
  const value = loot.rows[0]?.things.find(({ kind, of }) => kind === 'value' && of === pack.of);
  if (value === undefined) throw new Error('nothing was held of the erased');
  return value;
}

/** A data key that lives, of the same tenant as this value. */
export function keyBeside({ tenantId }: Thing, loot: Loot): Buffer {
  const other = keysAt(loot, ['late']).keys.find((got) => got.id !== null && got.tenantId === tenantId);
  if (other === undefined) throw new Error('nobody else has a key');
  return other.key;
}

/** Somebody with this fate. */
export function subjectOf({ facts }: Loot, fate: Fate): string {
  const found = [...facts.subjects].find(([, { person }]) => person.fate === fate);
  if (found === undefined) throw new Error(`nobody is ${fate}`);
  return found[0];
}

/** The tenant that left. */
export function leaverOf({ facts }: Loot): string {
  const leaver = facts.businesses.find(({ leaves }) => leaves);
  if (leaver === undefined) throw new Error('nobody left');
  return leaver.door.tenant.tenantId;
}

/** A root that lives at every instant's end. */
function livingKey({ roots }: Loot, tenantId: string): Buffer {
  const root = roots.late.find((one) => one.tenantId === tenantId);
  if (root === undefined) throw new Error('a tenant has no root');
  return root.key;
}
