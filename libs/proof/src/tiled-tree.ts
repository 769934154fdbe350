import { checkCount, invalid } from './refusal.js';
import { TILE_WIDTH, type TileReader } from './tile.js';
import { EMPTY_ROOT, HASH_BYTES, hashNode } from './tree.js';

/** The leaves from `from` up to, not including, `to`. */
type Range = { from: number; to: number };

/**
 * The root of the tree of the first `size` leaves. RFC 6962, section 2.1. Reads only tiles that a tree of
 * `size` leaves has, each once, as wide as that tree needs. Throws `PROOF_INVALID` for a tile of another
 * length than asked, and whatever the reader rejects with.
 */
export async function treeRoot(size: number, reader: TileReader): Promise<Uint8Array> {
  if (checkCount(size, 'tree size') === 0) return EMPTY_ROOT;
  return new TiledTree(size, reader).hash({ from: 0, to: size });
}

/**
 * The path from leaf `index` to the root of the tree of `size` leaves. RFC 6962, section 2.1.1.
 * Throws as `treeRoot` does, and `PROOF_INVALID` for an index outside the tree.
 */
export async function inclusionPath(index: number, size: number, reader: TileReader): Promise<Uint8Array[]> {
  if (checkCount(index, 'index') >= checkCount(size, 'tree size')) {
    throw invalid('The index is outside the tree.');
  }
  return new TiledTree(size, reader).inclusion(index, { from: 0, to: size });
}

/**
 * The path from the tree of `oldSize` leaves to the tree of `newSize` leaves. RFC 6962, section 2.1.2; empty
 * when the older tree is empty or the same. Throws as `treeRoot` does, and `PROOF_INVALID` when it shrank.
 */
export async function consistencyPath(
  oldSize: number,
  newSize: number,
  reader: TileReader,
): Promise<Uint8Array[]> {
  if (checkCount(oldSize, 'old size') > checkCount(newSize, 'new size')) {
    throw invalid('The newer tree is smaller than the older one.');
  }
  if (oldSize === 0) return [];
  return new TiledTree(newSize, reader).consistency(oldSize, { from: 0, to: newSize });
}

/** One tree size, read through its tiles. */
class TiledTree {
  private readonly tiles = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly size: number,
    private readonly reader: TileReader,
  ) {}

  async hash({ from, to }: Range): Promise<Uint8Array> {
    const length = to - from;
    const split = splitPoint(length);
    if (split * 2 === length) return this.perfect(from, Math.log2(length));
    const left = await this.hash({ from, to: from + split });
    return hashNode(left, await this.hash({ from: from + split, to }));
  }

  async inclusion(index: number, { from, to }: Range): Promise<Uint8Array[]> {
    if (to - from === 1) return [];
    const middle = from + splitPoint(to - from);
    const [left, right] = [
      { from, to: middle },
      { from: middle, to },
    ];
    if (index < middle) return [...(await this.inclusion(index, left)), await this.hash(right)];
    return [...(await this.inclusion(index, right)), await this.hash(left)];
  }

  /** SUBPROOF of RFC 6962, section 2.1.2: a whole subtree that starts at 0 is known to the asker. */
  async consistency(oldSize: number, { from, to }: Range): Promise<Uint8Array[]> {
    if (oldSize === to) return from === 0 ? [] : [await this.hash({ from, to })];
    const middle = from + splitPoint(to - from);
    const [left, right] = [
      { from, to: middle },
      { from: middle, to },
    ];
    if (oldSize <= middle) return [...(await this.consistency(oldSize, left)), await this.hash(right)];
    return [...(await this.consistency(oldSize, right)), await this.hash(left)];
  }

  /** The hash over 2^height leaves that start at a multiple of 2^height: it lies within one tile. */
  private async perfect(from: number, height: number): Promise<Uint8Array> {
    const level = Math.floor(height / 8);
    const first = from / TILE_WIDTH ** level;
    const tile = await this.tile(level, Math.floor(first / TILE_WIDTH));
    const at = (first % TILE_WIDTH) * HASH_BYTES;
    return hashOver(tile.subarray(at, at + 2 ** (height % 8) * HASH_BYTES));
  }

  private tile(level: number, index: number): Promise<Uint8Array> {
    const key = `${level}/${index}`;
    const known = this.tiles.get(key) ?? this.read(level, index);
    this.tiles.set(key, known);
    return known;
  }

  private async read(level: number, index: number): Promise<Uint8Array> {
    const width = Math.min(TILE_WIDTH, Math.floor(this.size / TILE_WIDTH ** level) - index * TILE_WIDTH);
    const hashes = await this.reader(level, index, width);
    if (hashes.length !== width * HASH_BYTES) throw invalid('A tile was not as wide as it was asked for.');
    return hashes;
  }
}

/** The hash over 2^n hashes that lie one after the other. */
export function hashOver(hashes: Uint8Array): Uint8Array {
  if (hashes.length === HASH_BYTES) return hashes.slice();
  const middle = hashes.length / 2;
  return hashNode(hashOver(hashes.subarray(0, middle)), hashOver(hashes.subarray(middle)));
}

/** The largest power of two smaller than `length`; 1/2 for 1. RFC 6962, section 2.1. */
function splitPoint(length: number): number {
  let split = 0.5;
  while (split * 2 < length) split *= 2;
  return split;
}
