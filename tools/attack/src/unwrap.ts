import { KEY_BYTES, openSealed } from './formats.js';
import { type RootCopy, type Wrap } from './loot.js';

/** A key that the attacker got, and what it is known as: a data key by its id and label, a node's or branch's by nothing. */
export type Got = {
  readonly tenantId: string;
  readonly key: Buffer;
  readonly id: string | null;
  readonly label: string | null;
  /** Of a data key: the owner of its pack. */
  readonly owner: string | null;
};

/** What came of it: every key, and how often a key was tried on a wrap. */
export type Unwrapped = {
  readonly keys: readonly Got[];
  readonly tries: number;
  readonly wraps: number;
  readonly opened: number;
};

type Work = { readonly wrap: Wrap; isOpen: boolean };

/**
 * Opens, beginning with these roots, every wrap that any key opens which came to light, until nothing new comes. Each key of a
 * tenant is tried on each wrap of it, wherever in the tree it belongs; with `all`, data keys are tried too, which no wrap
 * hangs below unless something is very wrong.
 */
export function unwrap(
  roots: readonly RootCopy[],
  wraps: readonly Wrap[],
  { all = false }: { all?: boolean } = {},
): Unwrapped {
  const each = [...byTenant(wraps)].map(([tenantId, own]) => {
    const unwrapping = new Unwrapping(own, all);
    for (const root of roots.filter((one) => one.tenantId === tenantId)) {
      unwrapping.find({ tenantId, key: root.key, id: null, label: null, owner: null });
    }
    unwrapping.run();
    return unwrapping;
  });
  return {
    keys: each.flatMap(({ got }) => got),
    tries: each.reduce((total, { tries }) => total + tries, 0),
    wraps: each.reduce((total, { work }) => total + work.length, 0),
    opened: each.reduce((total, { work }) => total + work.filter(({ isOpen }) => isOpen).length, 0),
  };
}

/** The keys and wraps of one tenant. */
class Unwrapping {
  readonly got: Got[] = [];
  readonly work: readonly Work[];
  tries = 0;
  private readonly seen = new Set<string>();
  private readonly waiting: Got[] = [];

  constructor(
    wraps: readonly Wrap[],
    private readonly all: boolean,
  ) {
    this.work = distinct(wraps).map((wrap) => ({ wrap, isOpen: false }));
  }

  /** A key came to light. */
  find(key: Got): void {
    const name = key.key.toString('latin1');
    const isNew = !this.seen.has(name);
    if (isNew && (this.all || key.id === null)) this.waiting.push(key);
    if (isNew || key.id !== null) this.got.push(key);
    this.seen.add(name);
  }

  /** Tries every key that came to light on every wrap that is closed. */
  run(): void {
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop()) {
      for (const one of this.work) if (!one.isOpen) this.attempt(next, one);
    }
  }

  private attempt({ key }: Got, work: Work): void {
    this.tries += 1;
    const inside = openWith(key, work.wrap);
    if (inside === null) return;
    work.isOpen = true;
    for (const found of keysIn(work.wrap, inside)) this.find(found);
  }
}

function openWith(key: Buffer, { contexts, sealed }: Wrap): Buffer | null {
  for (const context of contexts) {
    const inside = openSealed(key, context, sealed);
    if (inside !== null) return inside;
  }
  return null;
}

/** The keys in an opened wrap: those of a pack by id and label. */
function keysIn({ tenantId, kind, of, keys }: Wrap, inside: Buffer): Got[] {
  return Array.from({ length: inside.length / KEY_BYTES }, (_, place) => ({
    tenantId,
    key: inside.subarray(place * KEY_BYTES, (place + 1) * KEY_BYTES),
    id: keys[place]?.id ?? null,
    label: keys[place]?.label ?? null,
    owner: kind === 'pack' ? of : null,
  }));
}

/** The same wrap in several copies is one. */
function distinct(wraps: readonly Wrap[]): Wrap[] {
  return [...new Map(wraps.map((wrap) => [wrap.sealed.toString('latin1'), wrap])).values()];
}

function byTenant(wraps: readonly Wrap[]): Map<string, Wrap[]> {
  const groups = new Map<string, Wrap[]>();
  for (const wrap of wraps) {
    const group = groups.get(wrap.tenantId);
    if (group === undefined) groups.set(wrap.tenantId, [wrap]);
    else group.push(wrap);
  }
  return groups;
}
