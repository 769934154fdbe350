import { DomainError } from '@personr/kernel';
import { type Checkpoint, EMPTY_ROOT, HASH_BYTES, TILE_WIDTH } from '@personr/proof';
import { hashEntries, readBundle, readTile } from './entry-bundles.js';
import { type EvidenceSource } from './evidence-source.js';
import { type Unfinished } from './memory.js';
import { TreeDerivation } from './tree-derivation.js';

/** What a derivation found: the first entry that is there, and where it went on from a run that was broken off. */
export type Derived = { readonly from: number; readonly resumedAt: number };

/** What a derivation is told of, tile by tile. */
export type Watcher = {
  /** So many entries are done. */
  done(size: number): void;
  /** May be called every so often, with how to go on from here. */
  keep(mark: Unfinished): Promise<void>;
};

// So many tiles are read while others are hashed.
const AHEAD = 8;
const KEEP_EVERY = 65_536;

/**
 * Derives a whole log: hashes every entry, compares every hash tile with what follows from the entries, and the root with the
 * checkpoint's. Entries may be missing at the start, if the log was pruned; their hashes are then taken from the tiles, under
 * the same root. Goes on from `unfinished`. Throws `PROOF_INVALID` or `EVIDENCE_MISSING` with the place that is wrong.
 */
export async function deriveLog(
  source: EvidenceSource,
  head: Checkpoint,
  { unfinished, watcher }: { unfinished: Unfinished | null; watcher: Watcher },
): Promise<Derived> {
  const tiles = new ReadAhead(source, head.size);
  const tree = new TreeDerivation((level, index, width) =>
    level === 0 ? tiles.leafTile(index) : readTile(source, { level, index, width }),
  );
  const isResumed = unfinished !== null && unfinished.size <= head.size && tree.goOnFrom(unfinished);
  const resumedAt = isResumed ? unfinished.size : 0;
  let from = isResumed ? unfinished.from : 0;
  const hashes = Buffer.alloc(TILE_WIDTH * HASH_BYTES);
  for (let index = resumedAt / TILE_WIDTH; index * TILE_WIDTH < head.size; index++) {
    const width = Math.min(TILE_WIDTH, head.size - index * TILE_WIDTH);
    const bundle = await tiles.bundle(index);
    if (bundle === null) from = await skip({ tiles, index, from, hashes });
    else hashEntries(bundle, { index, width }, hashes);
    await tree.add(hashes, width);
    await report(tree, from, watcher);
  }
  assertRoot(head.size === 0 ? Buffer.from(EMPTY_ROOT) : await tree.root(), head);
  return { from, resumedAt };
}

/** A bundle that is not there: pruned, if all before it are gone too. Its hashes come from the tile. */
async function skip(at: { tiles: ReadAhead; index: number; from: number; hashes: Buffer }): Promise<number> {
  const first = at.index * TILE_WIDTH;
  if (at.from !== first) {
    throw new DomainError(
      'EVIDENCE_MISSING',
      `The entries from ${first} on are missing, though earlier ones are there.`,
    );
  }
  const tile = await at.tiles.leafTile(at.index);
  tile.copy(at.hashes);
  return first + tile.length / HASH_BYTES;
}

async function report(tree: TreeDerivation, from: number, watcher: Watcher): Promise<void> {
  watcher.done(tree.size);
  const mark = tree.size % KEEP_EVERY === 0 ? tree.mark() : null;
  if (mark !== null) await watcher.keep({ ...mark, from });
}

function assertRoot(derived: Buffer, { root }: Checkpoint): void {
  if (derived.equals(root)) return;
  throw new DomainError('PROOF_INVALID', 'The entries and tiles do not lead to the root that was signed.');
}

/** Bundles and their leaf tiles, read a little ahead of where they are wanted. */
class ReadAhead {
  private readonly reads = new Map<number, { bundle: Promise<Buffer | null>; tile: Promise<Buffer> }>();

  constructor(
    private readonly source: EvidenceSource,
    private readonly size: number,
  ) {}

  bundle(index: number): Promise<Buffer | null> {
    this.reads.delete(index - 1);
    for (let ahead = index; ahead < index + AHEAD && ahead * TILE_WIDTH < this.size; ahead++)
      this.start(ahead);
    return this.start(index).bundle;
  }

  leafTile(index: number): Promise<Buffer> {
    return this.start(index).tile;
  }

  private start(index: number) {
    const known = this.reads.get(index);
    if (known !== undefined) return known;
    const width = Math.min(TILE_WIDTH, this.size - index * TILE_WIDTH);
    const started = {
      bundle: readBundle(this.source, index, width),
      tile: readTile(this.source, { level: 0, index, width }),
    };
    // A failure is told when the read is waited for; one that nobody comes to wait for is none.
    started.bundle.catch(() => undefined);
    started.tile.catch(() => undefined);
    this.reads.set(index, started);
    return started;
  }
}
