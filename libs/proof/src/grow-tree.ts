import { checkCount, invalid } from './refusal.js';
import { TILE_WIDTH, type Tile, type TileReader } from './tile.js';
import { hashOver, treeRoot } from './tiled-tree.js';
import { HASH_BYTES } from './tree.js';

/** What a log is after new leaves, and every tile that has to be stored for it. */
export type GrownTree = { size: number; root: Uint8Array; tiles: Tile[] };

/**
 * Appends `leafHashes` to the tree of `size` leaves. Returns the new size, the new root and every tile that
 * changed: the full ones, and at each level the one at the end, partial; a partial tile is never hashed
 * upward (C2SP tlog-tiles, "Partial Tiles"). Reads, through `reader`, only the partial tiles at the right
 * edge of the old tree. Stores nothing. Throws `PROOF_INVALID` for a leaf hash or a tile of another length.
 */
export async function growTree(
  size: number,
  leafHashes: readonly Uint8Array[],
  reader: TileReader,
): Promise<GrownTree> {
  const newSize = checkCount(checkCount(size, 'tree size') + leafHashes.length, 'new tree size');
  if (leafHashes.some((hash) => hash.length !== HASH_BYTES)) throw invalid('A leaf hash is not 32 bytes.');
  const tiles: Tile[] = [];
  let added: readonly Uint8Array[] = leafHashes;
  for (let level = 0; added.length > 0; level++) {
    const grown = await growLevel(Math.floor(size / TILE_WIDTH ** level), level, { added, reader });
    tiles.push(...grown);
    added = grown.filter((tile) => tile.width === TILE_WIDTH).map((tile) => hashOver(tile.hashes));
  }
  return { size: newSize, root: await treeRoot(newSize, readThrough(tiles, reader)), tiles };
}

type Growth = { added: readonly Uint8Array[]; reader: TileReader };

async function growLevel(oldLength: number, level: number, { added, reader }: Growth): Promise<Tile[]> {
  const edge = Math.floor(oldLength / TILE_WIDTH);
  const width = oldLength % TILE_WIDTH;
  const old = width === 0 ? new Uint8Array(0) : await reader(level, edge, width);
  if (old.length !== width * HASH_BYTES) throw invalid('A tile was not as wide as it was asked for.');
  const hashes = join([old, ...added]);
  const tiles: Tile[] = [];
  for (let at = 0; at < hashes.length; at += TILE_WIDTH * HASH_BYTES) {
    const part = hashes.slice(at, at + TILE_WIDTH * HASH_BYTES);
    tiles.push({ level, index: edge + tiles.length, width: part.length / HASH_BYTES, hashes: part });
  }
  return tiles;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const readThrough =
  (tiles: readonly Tile[], reader: TileReader): TileReader =>
  async (level, index, width) => {
    const fresh = tiles.find((tile) => tile.level === level && tile.index === index);
    return fresh === undefined ? reader(level, index, width) : fresh.hashes;
  };
