import { randomUUID } from 'node:crypto';
import { type Batch, decodeGroup, decodeLinks, encodeGroup, type Link } from './batch.js';
import { type EvidenceStore } from './evidence-store.js';

/** Beside the logs, whose names begin with a host. */
const STAGED = '~staged';

/** A group that was staged: its name, and the trees of its batches. */
export type Group = { readonly name: string; readonly links: readonly Link[] };

/** A tree of the log of this name. */
export type Tree = Pick<Link, 'origin' | 'head'>;

/** A batch, and which group has it. */
type Place = { readonly name: string; readonly link: Link };

/**
 * What may be signed next, and what was signed and is not laid out yet: batches of many logs in one file each time that
 * they were staged, under a name that no other has, so that a late writer can spoil nothing. A batch is true once its tree
 * was recorded as signed, or a later one that goes back to it; others are none of a log's. Methods throw
 * `SERVICE_UNAVAILABLE` when the store does not answer.
 */
export class StagedGroups {
  /** The groups that were looked at, and where their trees are. */
  private readonly known = new Map<string, readonly Link[]>();
  private readonly places = new Map<string, readonly Place[]>();

  constructor(private readonly store: EvidenceStore) {}

  /** Keeps batches: when it resolves, they can be recorded as signed and lost no more. */
  async stage(batches: readonly Batch[]): Promise<void> {
    const name = randomUUID();
    await this.store.put([{ path: pathOf(name), bytes: encodeGroup(batches) }]);
    const links = batches.map(({ tenantId, origin, before, head }) => ({ tenantId, origin, before, head }));
    this.remember(name, links);
  }

  /** The groups that are there now. Reads which trees they have, of those that were not looked at yet. */
  async look(): Promise<Group[]> {
    const before = [...this.known.keys()];
    const names = new Set(await this.store.list(STAGED));
    for (const name of before) if (!names.has(name)) this.drop(name);
    for (const name of names) {
      if (this.known.has(name)) continue;
      const bytes = await this.store.get(pathOf(name));
      if (bytes !== null) this.remember(name, decodeLinks(bytes));
    }
    return [...this.known].map(([name, links]) => ({ name, links }));
  }

  /** Whether one of the groups that were looked at makes this tree. */
  holds(tree: Tree): boolean {
    return this.places.has(keyOf(tree));
  }

  /** The batch that made this tree, or null when it is not kept any more. */
  async find(tree: Tree): Promise<Batch | null> {
    const [chain] = await this.chains([tree]);
    return chain?.at(-1) ?? null;
  }

  /**
   * For each of these trees, the batches that lead to it, the oldest first, as far back as they are kept: none for one that
   * is not. One group after the other is read.
   */
  async chains(trees: readonly Tree[]): Promise<Batch[][]> {
    await this.look();
    const chains = trees.map((tree) => this.chainOf(tree));
    const wanted = new Map<string, Set<string>>();
    for (const { name, link } of chains.flat()) {
      wanted.set(name, (wanted.get(name) ?? new Set()).add(keyOf(link)));
    }
    const found = new Map<string, Batch>();
    for (const [name, keys] of wanted) {
      const bytes = await this.store.get(pathOf(name));
      const batches = bytes === null ? [] : decodeGroup(bytes, (link) => keys.has(keyOf(link)));
      for (const batch of batches) found.set(keyOf(batch), batch);
    }
    return chains.map((chain) => unbroken(chain.map(({ link }) => found.get(keyOf(link)))));
  }

  /** Forgets groups of which everything is laid out, or can never be signed. */
  async forget(names: readonly string[]): Promise<void> {
    await this.store.remove(names.map(pathOf));
    for (const name of names) this.drop(name);
  }

  /** From a tree back to the first that no group makes. Where several make one, it is the same by any of them. */
  private chainOf(tree: Tree): Place[] {
    const chain: Place[] = [];
    for (let place = this.placeOf(tree); place !== undefined;) {
      chain.unshift(place);
      place = this.placeOf({ origin: tree.origin, head: place.link.before });
    }
    return chain;
  }

  private placeOf(tree: Tree): Place | undefined {
    return this.places.get(keyOf(tree))?.at(-1);
  }

  private remember(name: string, links: readonly Link[]): void {
    this.known.set(name, links);
    for (const link of links) {
      this.places.set(keyOf(link), [...(this.places.get(keyOf(link)) ?? []), { name, link }]);
    }
  }

  private drop(name: string): void {
    for (const key of (this.known.get(name) ?? []).map(keyOf)) {
      const left = (this.places.get(key) ?? []).filter((place) => place.name !== name);
      if (left.length === 0) this.places.delete(key);
      else this.places.set(key, left);
    }
    this.known.delete(name);
  }
}

const pathOf = (name: string): string => `${STAGED}/${name}`;

const keyOf = ({ origin, head: { size, root } }: Tree): string =>
  `${origin} ${String(size)} ${Buffer.from(root).toString('base64')}`;

/** The end of a chain of which nothing has gone: what went meanwhile was laid out. */
function unbroken(chain: readonly (Batch | undefined)[]): Batch[] {
  return chain.slice(chain.lastIndexOf(undefined) + 1) as Batch[];
}
