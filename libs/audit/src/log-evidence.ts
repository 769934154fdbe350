import { DomainError } from '@personr/kernel';
import {
  decodeBundle,
  encodeBundle,
  entryBundlePath,
  growTree,
  HASH_BYTES,
  hashLeaf,
  type Tile,
  TILE_WIDTH,
  tilePath,
} from '@personr/proof';
import { type Batch, batchName, decodeBatch, encodeBatch, type Opening, parseBatchName } from './batch.js';
import { type EvidenceFile, type EvidenceStore } from './evidence-store.js';
import { encodeVkeys, type LogKey } from './log-keys.js';
import { isSameTree, type TreeHead } from './signed-heads.js';
import { decodeOpenings, encodeOpenings, openingsPath } from './openings.js';

const CHECKPOINT = 'checkpoint';
const KEYS = 'keys.json';
const HORIZON = 'horizon';
const BATCHES = 'batch';

/** An entry of the log as the evidence store has it. */
export type KeptEntry = {
  readonly position: number;
  readonly entry: Uint8Array<ArrayBuffer>;
  readonly opening: Opening | null;
};

/**
 * One log in the evidence store, below its origin: `checkpoint` and `tile/...` as C2SP tlog-tiles lays them out, and beside
 * them `opening/...` (what commitments were made of) and `batch/...` (what may be signed next). A file of a tile or bundle
 * is written only once its tree was recorded as signed, so none ever changes; what might not come to that is a batch, whose
 * name says its tree. Methods throw `EVIDENCE_MISSING` when a file is not there that was put there, `SERVICE_UNAVAILABLE`
 * when the store does not answer.
 */
export class LogEvidence {
  /** The bundle read last: who looks whether the end of the log is here goes on from there. */
  private read: { readonly path: string; readonly bundle: Uint8Array[] } | undefined;

  constructor(
    private readonly store: EvidenceStore,
    private readonly origin: string,
  ) {}

  /**
   * Throws `EVIDENCE_MISSING` unless the last entries of a log of this size are here: whoever would sign on over another
   * store, or an empty one, finds out while there is still nothing to make good.
   */
  async assertHolds(size: number): Promise<void> {
    if (size > 0) await this.bundle(Math.floor((size - 1) / TILE_WIDTH), ((size - 1) % TILE_WIDTH) + 1);
  }

  /** Keeps entries that have no tree yet: when it resolves, they can be recorded as signed and lost no more. */
  stage(batch: Batch): Promise<void> {
    return this.put([{ path: `${BATCHES}/${batchName(batch)}`, bytes: encodeBatch(batch) }]);
  }

  /** The batch that made this tree, or null when it is not kept any more. */
  async staged(head: TreeHead): Promise<Batch | null> {
    const names = await this.store.list(this.pathOf(BATCHES));
    const name = names.find((found) => isSameTree(parseBatchName(found)?.head ?? null, head));
    const bytes = name === undefined ? null : await this.store.get(this.pathOf(`${BATCHES}/${name}`));
    return bytes === null ? null : decodeBatch(bytes);
  }

  /** Lays out a batch that was recorded as signed. `tiles` are all that it changed. Again, it writes the same bytes. */
  async publish(batch: Batch, tiles: readonly Tile[]): Promise<void> {
    const bundles = await this.bundlesOf(batch);
    const openings = await this.openingsOf(batch);
    const hashes = tiles.map(({ level, index, width, hashes: bytes }) => ({
      path: tilePath(level, index, width),
      bytes,
    }));
    await this.put([...bundles, ...openings, ...hashes]);
    await this.dropPartials([...bundles, ...openings, ...hashes].map(({ path }) => path));
  }

  /** Lays out what was recorded as signed, if the process that recorded it did not come to it. */
  async settle(head: TreeHead): Promise<void> {
    const batch = await this.staged(head);
    if (batch === null) return;
    const leaves = batch.entries.map(({ entry }) => hashLeaf(entry));
    const grown = await growTree(batch.from, leaves, (...place) => this.tile(...place));
    if (!isSameTree(grown, head)) throw missing();
    await this.publish(batch, grown.tiles);
  }

  /** Puts the newest checkpoint in place of the last. */
  publishCheckpoint(checkpoint: string): Promise<void> {
    return this.put([{ path: CHECKPOINT, bytes: Buffer.from(checkpoint) }]);
  }

  /** Puts the list of the log's keys in place of the last. */
  publishKeys(keys: readonly LogKey[]): Promise<void> {
    return this.put([{ path: KEYS, bytes: encodeVkeys(this.origin, keys) }]);
  }

  /**
   * Removes bundles before `horizon`, and what their commitments were made of, and says in `horizon` from which entry on
   * they are here. Hash tiles stay. Again after a crash, it goes on from where that file says.
   */
  async prune(horizon: number): Promise<void> {
    const known = await this.store.get(this.pathOf(HORIZON));
    const from = known === null ? 0 : Number(Buffer.from(known).toString());
    if (horizon <= from) return;
    for (let index = from / TILE_WIDTH; index < horizon / TILE_WIDTH; index += 1) {
      const [bundle, opening] = [entryBundlePath(index, TILE_WIDTH), openingsPath(index, TILE_WIDTH)];
      await this.store.remove([this.pathOf(bundle), this.pathOf(opening)]);
    }
    await this.put([{ path: HORIZON, bytes: Buffer.from(`${String(horizon)}\n`) }]);
  }

  /** Removes batches that begin before `size`: they are laid out, or can never be signed. */
  async forgetBatches(size: number): Promise<void> {
    const names = await this.store.list(this.pathOf(BATCHES));
    const past = names.filter((name) => (parseBatchName(name)?.from ?? size) < size);
    await this.store.remove(past.map((name) => this.pathOf(`${BATCHES}/${name}`)));
  }

  /** The entries from `from` up to, not including, `to`: a size that was recorded as signed. */
  async *entries(from: number, to: number): AsyncIterable<KeptEntry> {
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < to; index += 1) {
      const first = index * TILE_WIDTH;
      const width = Math.min(TILE_WIDTH, to - first);
      const bundle = await this.bundle(index, width);
      const openings = await this.openings(index, width);
      for (const [at, entry] of bundle.entries()) {
        const position = first + at;
        if (position < from) continue;
        yield { position, entry: Uint8Array.from(entry), opening: openings.get(position) ?? null };
      }
    }
  }

  /** The batch's entries with those before them in the first bundle, a file each bundle. */
  private async bundlesOf({ from, entries }: Batch): Promise<EvidenceFile[]> {
    const edge = Math.floor(from / TILE_WIDTH);
    const before = from % TILE_WIDTH === 0 ? [] : await this.bundle(edge, from % TILE_WIDTH);
    return chunked([...before, ...entries.map(({ entry }) => entry)]).map((chunk, at) => ({
      path: entryBundlePath(edge + at, chunk.length),
      bytes: encodeBundle(chunk),
    }));
  }

  /** The openings of each bundle that has any. */
  private async openingsOf({ from, head, entries }: Batch): Promise<EvidenceFile[]> {
    const edge = Math.floor(from / TILE_WIDTH);
    const openings = await this.openings(edge, from % TILE_WIDTH);
    for (const [at, { opening }] of entries.entries()) {
      if (opening !== null) openings.set(from + at, opening);
    }
    const indexes = new Set([...openings.keys()].map((position) => Math.floor(position / TILE_WIDTH)));
    return [...indexes].map((index) => {
      const width = Math.min(TILE_WIDTH, head.size - index * TILE_WIDTH);
      const own = [...openings].filter(([position]) => Math.floor(position / TILE_WIDTH) === index);
      return { path: openingsPath(index, width), bytes: encodeOpenings(own) };
    });
  }

  /** The entries of a bundle, as far as `width`. */
  async bundle(index: number, width: number): Promise<Uint8Array[]> {
    const path = entryBundlePath(index, width);
    if (this.read?.path === path) return this.read.bundle;
    const bytes = await this.wideEnough(width, (wide) => entryBundlePath(index, wide));
    if (bytes === null) throw missing();
    const bundle = decodeBundle(bytes).slice(0, width);
    this.read = { path, bundle };
    return bundle;
  }

  private async openings(index: number, width: number): Promise<Map<number, Opening>> {
    const bytes = width === 0 ? null : await this.wideEnough(width, (wide) => openingsPath(index, wide));
    const end = index * TILE_WIDTH + width;
    return new Map(decodeOpenings(bytes ?? new Uint8Array(0)).filter(([position]) => position < end));
  }

  /** The hashes of a tile, as far as `width`. */
  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    const bytes = await this.wideEnough(width, (wide) => tilePath(level, index, wide));
    if (bytes === null) throw missing();
    return bytes.subarray(0, width * HASH_BYTES);
  }

  /** The partial file of just this width, or the full one that came in its place. */
  private async wideEnough(width: number, pathAt: (width: number) => string): Promise<Uint8Array | null> {
    const exact = await this.store.get(this.pathOf(pathAt(width)));
    if (exact !== null || width === TILE_WIDTH) return exact;
    return this.store.get(this.pathOf(pathAt(TILE_WIDTH)));
  }

  /** A partial file may go once the full one is there (C2SP tlog-tiles, "Partial Tiles"). */
  private async dropPartials(paths: readonly string[]): Promise<void> {
    for (const path of paths.filter((written) => !written.includes('.p/'))) {
      const names = await this.store.list(this.pathOf(`${path}.p`));
      await this.store.remove(names.map((name) => this.pathOf(`${path}.p/${name}`)));
    }
  }

  private put(files: readonly EvidenceFile[]): Promise<void> {
    return this.store.put(files.map(({ path, bytes }) => ({ path: this.pathOf(path), bytes })));
  }

  private pathOf(path: string): string {
    return `${this.origin}/${path}`;
  }
}

function chunked<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += TILE_WIDTH) chunks.push(items.slice(at, at + TILE_WIDTH));
  return chunks;
}

const missing = (): DomainError =>
  new DomainError('EVIDENCE_MISSING', 'The evidence store lacks what was signed over. Nothing is signed.');
