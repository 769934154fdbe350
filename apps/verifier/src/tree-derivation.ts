import { DomainError } from '@personr/kernel';
import { HASH_BYTES, TILE_WIDTH, tilePath } from '@personr/proof';
import { hashInto } from './node-crypto.js';

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/** How far a derivation has come, at the end of a full tile: the hashes of each level that wait for their tile to fill. */
export type DerivationMark = { readonly size: number; readonly levels: readonly string[] };

/** Reads a published tile; rejects when the log lacks it. */
export type PublishedTile = (level: number, index: number, width: number) => Promise<Buffer>;

/**
 * Derives a tree from its leaf hashes, a tile's worth at a time, and compares every hash tile that the log published with what
 * was derived. Holds one tile a level. RFC 6962, section 2.1; C2SP tlog-tiles, "Merkle Tree".
 */
export class TreeDerivation {
  private leaves = 0;
  private readonly levels: { readonly hashes: Buffer; count: number; tiles: number }[] = [];
  private readonly scratch = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

  constructor(private readonly published: PublishedTile) {}

  /** How many leaves it was given. */
  get size(): number {
    return this.leaves;
  }

  /**
   * Takes the next `width` leaf hashes; only the last time fewer than 256. Changes `hashes`. Throws `PROOF_INVALID`, naming the
   * place, when they or what follows from them are not what the log published.
   */
  async add(hashes: Buffer, width: number): Promise<void> {
    const index = this.leaves / TILE_WIDTH;
    this.compare(hashes, await this.published(0, index, width), { level: 0, index, width });
    const level = this.level(0);
    hashes.copy(level.hashes, 0, 0, width * HASH_BYTES);
    level.count = width;
    this.leaves += width;
    if (width === TILE_WIDTH) await this.carry(0);
  }

  /** The root of all leaves, once the tiles that are not full were compared too. Throws as `add` does. */
  async root(): Promise<Buffer> {
    for (const [level, { hashes, count, tiles }] of this.levels.entries()) {
      if (level === 0 || count === 0) continue;
      const place = { level, index: tiles, width: count };
      this.compare(hashes, await this.published(level, tiles, count), place);
    }
    return this.fold();
  }

  /** Where it stands, to go on from later. Null amid a tile. */
  mark(): DerivationMark | null {
    if (this.leaves % TILE_WIDTH !== 0) return null;
    const levels = this.levels.map(({ hashes, count }) => hashes.toString('base64', 0, count * HASH_BYTES));
    return { size: this.leaves, levels };
  }

  /** Goes on from a mark. Returns false, and stays at the start, when that is not one. */
  goOnFrom({ size, levels }: DerivationMark): boolean {
    const read = levels.map((base64) => Buffer.from(base64, 'base64'));
    const counts = read.map((hashes) => hashes.length / HASH_BYTES);
    const said = counts.reduce((sum, count, level) => sum + count * TILE_WIDTH ** level, 0);
    if (said !== size || counts.some((count) => count >= TILE_WIDTH) || (counts[0] ?? 0) !== 0) return false;
    for (const [at, hashes] of read.entries()) {
      const level = this.level(at);
      hashes.copy(level.hashes);
      level.count = counts[at] ?? 0;
      level.tiles = Math.floor(size / TILE_WIDTH ** (at + 1));
    }
    this.leaves = size;
    return true;
  }

  /** A full tile becomes one hash of the level above; and so on, as long as that fills one. */
  private async carry(from: number): Promise<void> {
    for (let at = from; this.level(at).count === TILE_WIDTH; at++) {
      const full = this.level(at);
      if (at > 0) {
        const place = { level: at, index: full.tiles, width: TILE_WIDTH };
        this.compare(full.hashes, await this.published(at, full.tiles, TILE_WIDTH), place);
      }
      this.reduce(full.hashes, TILE_WIDTH);
      full.count = 0;
      full.tiles += 1;
      const above = this.level(at + 1);
      full.hashes.copy(above.hashes, above.count * HASH_BYTES, 0, HASH_BYTES);
      above.count += 1;
    }
  }

  private level(at: number) {
    return (this.levels[at] ??= { hashes: Buffer.alloc(TILE_BYTES), count: 0, tiles: 0 });
  }

  /** Puts the hash over the first `count` hashes, a power of two, in place of the first. */
  private reduce(hashes: Buffer, count: number): void {
    for (let width = count; width > 1; width /= 2) {
      for (let at = 0; at < width; at += 2) this.node(hashes, at * HASH_BYTES, (at / 2) * HASH_BYTES);
    }
  }

  private node(hashes: Buffer, from: number, to: number): void {
    hashes.copy(this.scratch, 1, from, from + 2 * HASH_BYTES);
    hashInto(this.scratch, hashes, to);
  }

  /** The subtrees that wait, from the largest: within a level, by the powers of two in its count. */
  private fold(): Buffer {
    const subtrees: Buffer[] = [];
    for (const { hashes, count } of [...this.levels].reverse()) {
      let at = 0;
      for (let width = TILE_WIDTH; width >= 1; width /= 2) {
        if ((count & width) === 0) continue;
        const part = Buffer.from(hashes.subarray(at * HASH_BYTES, (at + width) * HASH_BYTES));
        this.reduce(part, width);
        subtrees.push(part.subarray(0, HASH_BYTES));
        at += width;
      }
    }
    return subtrees.reverse().reduce((right, left) => {
      const both = Buffer.concat([left, right]);
      this.reduce(both, 2);
      return both.subarray(0, HASH_BYTES);
    });
  }

  private compare(
    derived: Buffer,
    found: Buffer,
    place: { level: number; index: number; width: number },
  ): void {
    const bytes = place.width * HASH_BYTES;
    if (found.length === bytes && derived.compare(found, 0, bytes, 0, bytes) === 0) return;
    throw new DomainError('PROOF_INVALID', differenceAt(derived, found, place));
  }
}

function differenceAt(
  derived: Buffer,
  found: Buffer,
  { level, index, width }: { level: number; index: number; width: number },
): string {
  const path = tilePath(level, index, width);
  if (found.length !== width * HASH_BYTES) return `The tile ${path} is not as wide as the log's size says.`;
  let at = 0;
  while (derived[at] === found[at]) at += 1;
  const entry = index * TILE_WIDTH + Math.floor(at / HASH_BYTES);
  if (level === 0) return `Entry ${entry} is not the one whose hash the log published in ${path}.`;
  return `The tile ${path} is not what follows from the entries beneath it.`;
}
