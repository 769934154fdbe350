import { type BranchName, FAN_OUT } from './branch.js';
import { holdRoom } from './branches.repository.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type OpenTree, type TreeName } from './open-tree.js';

/** A tree of this height has too little room and is to be raised: see `raiseTree`. Nothing was written. */
export class TreeFull extends Error {
  constructor(readonly tree: TreeName) {
    super('the key tree is full');
  }
}

/**
 * Takes places for so many new nodes, makes their keys in the open tree and returns the places. Branches with room
 * that nobody else holds are filled first, then new ones are grown; what was touched is for the caller to store.
 * Throws `TreeFull`.
 */
export async function claimPlaces(
  tx: KeyStoreTx,
  { open, name }: { readonly open: OpenTree; readonly name: TreeName },
  count: number,
): Promise<number[]> {
  const rooms = new Rooms(tx, open, name);
  const places: number[] = [];
  let bucket = count === 0 ? null : await rooms.hold(0);
  while (places.length < count) {
    bucket ??= await rooms.grow(0);
    places.push(...fill(open, bucket, count - places.length));
    bucket = null;
  }
  return places;
}

function fill(open: OpenTree, bucket: BranchName, count: number): number[] {
  const places = open
    .freeSlots(bucket)
    .slice(0, count)
    .map((slot) => bucket.place * FAN_OUT + slot);
  for (const place of places) open.plant(place);
  return places;
}

/** Branches with room, held by this transaction. */
class Rooms {
  private readonly held = new Map<number, BranchName[]>();

  constructor(
    private readonly tx: KeyStoreTx,
    private readonly open: OpenTree,
    private readonly name: TreeName,
  ) {}

  /** A stored branch of this level with room, or null. */
  async hold(level: number): Promise<BranchName | null> {
    const except = (this.held.get(level) ?? []).map(({ place }) => place);
    const branches = await holdRoom(this.tx, { ...this.name, level, except });
    const [room] = branches;
    if (room === undefined) return null;
    this.open.add(branches);
    return this.keep(room);
  }

  /** A new branch of this level, in a branch with room above it. */
  async grow(level: number): Promise<BranchName> {
    const parent = await this.above(level);
    const [slot] = this.open.freeSlots(parent);
    if (slot === undefined) throw new Error('a branch with room has none');
    return this.keep(this.open.grow(parent, slot));
  }

  private async above(level: number): Promise<BranchName> {
    const parents = this.held.get(level + 1) ?? [];
    const known = parents.find((name) => this.open.freeSlots(name).length > 0);
    if (known !== undefined) return known;
    if (level + 1 >= this.name.height) throw new TreeFull(this.name);
    return (await this.hold(level + 1)) ?? this.grow(level + 1);
  }

  private keep({ level, place }: BranchName): BranchName {
    const name = { level, place };
    this.held.set(level, [...(this.held.get(level) ?? []), name]);
    return name;
  }
}
