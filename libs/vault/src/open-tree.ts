import { DomainError } from '@personr/kernel';
import { newKey } from './aead.js';
import {
  type Branch,
  type BranchBinding,
  type BranchName,
  bucketOf,
  FAN_OUT,
  openBranch,
  parentOf,
  sealBranch,
  slotOf,
} from './branch.js';
import { type Root } from './keyring.js';
import { type Tree } from './vault.js';

/** Which tree, and how many levels of branches it has. */
export type TreeName = { readonly tree: Tree; readonly height: number };

type Opened = BranchName & { version: number; key: Uint8Array; readonly children: Map<number, Uint8Array> };

/** What became of the branches that were touched. */
export type Regrown = { readonly branches: readonly Branch[]; readonly bare: readonly BranchName[] };

/**
 * The part of a tenant's tree that a transaction read, opened from the root as far down as it is asked for. What is
 * changed here is changed in memory only, until `regrown` seals it. Whoever made it calls `close`, which overwrites
 * every key but the root's.
 */
export class OpenTree {
  private readonly stored = new Map<string, Branch>();
  private readonly opened = new Map<string, Opened>();
  private readonly touched = new Set<string>();
  private readonly bare: BranchName[] = [];
  private readonly secrets: Uint8Array[] = [];

  constructor(
    private root: Root,
    private readonly name: TreeName,
    branches: readonly Branch[],
  ) {
    this.add(branches);
  }

  /** A tree that has nothing but its topmost branch, which is to be stored. */
  static sprout(root: Root, name: TreeName): OpenTree {
    const tree = new OpenTree(root, name, []);
    const top = { level: name.height - 1, place: 0 };
    tree.opened.set(idOf(top), { ...top, version: 1, key: root.key, children: new Map() });
    tree.touched.add(idOf(top));
    return tree;
  }

  /**
   * Takes in branches as they were read last. One that was changed here stays as it is: the transaction has held it
   * since.
   */
  add(branches: readonly Branch[]): void {
    for (const branch of branches) {
      if (this.touched.has(idOf(branch))) continue;
      this.stored.set(idOf(branch), branch);
      this.opened.delete(idOf(branch));
    }
  }

  /** The key of the node at this place; it is overwritten by `close`. Throws `SEAL_BROKEN` when it is not there. */
  nodeKey(place: number): Uint8Array {
    return childOf(this.open(bucketOf(place)), slotOf(place));
  }

  /** Makes a key for the node at this place, in a slot that may be free or taken. */
  plant(place: number): Uint8Array {
    return this.renewChild(this.open(bucketOf(place)), slotOf(place));
  }

  /** Grows a tree that has its topmost branch alone down to its first node, at place 0. */
  plantFirst(): void {
    let branch = this.topName;
    while (branch.level > 0) branch = this.grow(branch, 0);
    this.plant(0);
  }

  /** Gives up the key of the node at this place. */
  fell(place: number): void {
    this.dropChild(this.open(bucketOf(place)), slotOf(place));
  }

  /** The free slots of a branch, lowest first. */
  freeSlots(name: BranchName): number[] {
    const { children } = this.open(name);
    return Array.from({ length: FAN_OUT }, (_, slot) => slot).filter((slot) => !children.has(slot));
  }

  /** Adds an empty branch in a free slot of `parent` and returns its name. */
  grow(parent: BranchName, slot: number): BranchName {
    const name = { level: parent.level - 1, place: parent.place * FAN_OUT + slot };
    const key = this.renewChild(this.open(parent), slot);
    this.opened.set(idOf(name), { ...name, version: 1, key, children: new Map() });
    this.touched.add(idOf(name));
    return name;
  }

  /** Puts a new topmost branch above the one there is, which becomes its first child. Seal with `height` one more. */
  raise(): { readonly height: number; readonly branches: readonly Branch[] } {
    const top = this.open(this.topName);
    const key = this.keep(newKey());
    const height = this.name.height + 1;
    const above = { ...parentOf(top), version: 1, children: new Map([[slotOf(top.place), key]]) };
    return {
      height,
      branches: [
        sealBranch(key, this.binding(null), top),
        sealBranch(this.root.key, this.binding(this.root), above),
      ],
    };
  }

  /**
   * Gives every touched branch and every branch above it a new key, and hangs the topmost below `next`. A branch
   * without children goes, but never the topmost.
   */
  rekey(next: Root): void {
    for (let level = 0; level < this.name.height - 1; level += 1) {
      for (const branch of this.touchedAt(level)) this.rekeyBranch(branch);
    }
    this.touched.add(idOf(this.open(this.topName)));
    this.root = next;
  }

  /** Seals every touched branch. */
  regrown(): Regrown {
    const branches = [...this.touched].map((id) => {
      const branch = this.opened.get(id);
      if (branch === undefined) throw new Error('a branch was touched that is not open');
      return this.isTop(branch)
        ? sealBranch(this.root.key, this.binding(this.root), branch)
        : sealBranch(branch.key, this.binding(null), branch);
    });
    return { branches, bare: this.bare };
  }

  /** Overwrites every key that was opened or made here. */
  close(): void {
    for (const secret of this.secrets) secret.fill(0);
    this.opened.clear();
  }

  private rekeyBranch(branch: Opened): void {
    const parent = this.open(parentOf(branch));
    const slot = slotOf(branch.place);
    if (branch.children.size === 0) {
      this.dropChild(parent, slot);
      this.touched.delete(idOf(branch));
      this.bare.push({ level: branch.level, place: branch.place });
      return;
    }
    branch.key = this.renewChild(parent, slot);
    branch.version += 1;
  }

  private touchedAt(level: number): Opened[] {
    return [...this.touched].flatMap((id) => {
      const branch = this.opened.get(id);
      return branch?.level === level ? [branch] : [];
    });
  }

  private renewChild(branch: Opened, slot: number): Uint8Array {
    const key = this.keep(newKey());
    branch.children.set(slot, key);
    this.touched.add(idOf(branch));
    return key;
  }

  private dropChild(branch: Opened, slot: number): void {
    branch.children.delete(slot);
    this.touched.add(idOf(branch));
  }

  private open(name: BranchName): Opened {
    const known = this.opened.get(idOf(name));
    if (known !== undefined) return known;
    const stored = this.stored.get(idOf(name));
    if (stored === undefined) throw broken();
    const isTop = this.isTop(name);
    const key = isTop ? this.root.key : childOf(this.open(parentOf(name)), slotOf(name.place));
    const { bytes, children } = openBranch(key, this.binding(isTop ? this.root : null), stored);
    this.keep(bytes);
    const opened = { level: stored.level, place: stored.place, version: stored.version, key, children };
    this.opened.set(idOf(name), opened);
    return opened;
  }

  /** Has these bytes overwritten by `close`, and returns them. */
  keep<Secret extends Uint8Array>(secret: Secret): Secret {
    this.secrets.push(secret);
    return secret;
  }

  private get topName(): BranchName {
    return { level: this.name.height - 1, place: 0 };
  }

  private readonly isTop = ({ level }: BranchName): boolean => level === this.name.height - 1;

  private binding(root: Root | null): BranchBinding {
    return { tenantId: this.root.tenantId, tree: this.name.tree, rootId: root?.rootId ?? null };
  }
}

const idOf = ({ level, place }: BranchName): string => `${String(level)}/${String(place)}`;

function childOf({ children }: Opened, slot: number): Uint8Array {
  const key = children.get(slot);
  if (key === undefined) throw broken();
  return key;
}

const broken = () =>
  new DomainError('SEAL_BROKEN', 'The key tree lacks a key that the key store says it has.');
