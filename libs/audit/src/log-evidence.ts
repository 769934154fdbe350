import { createHash } from 'node:crypto';
import { DomainError } from '@personr/kernel';
import {
  decodeBundle,
  encodeBundle,
  entryBundlePath,
  growTree,
  HASH_BYTES,
  hashLeaf,
  TILE_WIDTH,
  tilePath,
} from '@personr/proof';
import { type Batch, type Opening } from './batch.js';
import { type EvidenceFile, type EvidenceStore } from './evidence-store.js';
import { encodeVkeys, type LogKey } from './log-keys.js';
import { isSameTree, type TreeHead } from './signed-heads.js';
import { StagedGroups } from './staged-groups.js';
import { decodeOpenings, encodeOpenings, openingsPath } from './openings.js';

const CHECKPOINT = 'checkpoint';
const KEYS = 'keys.json';
const HORIZON = 'horizon';

/** An entry of the log as the evidence store has it. */
export type KeptEntry = {
  readonly position: number;
  readonly entry: Uint8Array<ArrayBuffer>;
  readonly opening: Opening | null;
};

/** A checkpoint, and the keys that signed it and those before it. */
export type SignedNote = { readonly checkpoint: string; readonly keys: readonly LogKey[] };

/**
 * One log in the evidence store, below its origin: `checkpoint` and `tile/...` as C2SP tlog-tiles lays them out, and beside
 * them `opening/...` (what commitments were made of). A file of a tile or bundle is written only once its tree was recorded
 * as signed, so none ever changes; what is not laid out yet lies in `StagedGroups`. Methods throw `EVIDENCE_MISSING` when a
 * file is not there that was put there, `SERVICE_UNAVAILABLE` when the store does not answer.
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

  /**
   * The files that lay out batches that follow one another and end in a tree that was recorded as signed; none for no batch.
   * Whoever puts them has `dropPartials` look after that. Again, they are the same. Throws `EVIDENCE_MISSING` when what is
   * here, entries and tiles, and the batches do not make that tree together.
   */
  async filesOf(batches: readonly Batch[], head: TreeHead): Promise<EvidenceFile[]> {
    const [first] = batches;
    if (first === undefined) return [];
    const grown: Grown = {
      from: first.before.size,
      head,
      entries: batches.flatMap(({ entries }) => entries),
    };
    const leaves = grown.entries.map(({ entry }) => hashLeaf(entry));
    const tree = await growTree(grown.from, leaves, (...place) => this.tile(...place));
    if (!isSameTree(tree, head)) throw missing();
    const hashes = tree.tiles.map(({ level, index, width, hashes: bytes }) => ({
      path: tilePath(level, index, width),
      bytes,
    }));
    const files = [...(await this.bundlesOf(grown)), ...(await this.openingsOf(grown)), ...hashes];
    return files.map(({ path, bytes }) => ({ path: this.pathOf(path), bytes }));
  }

  /** Lays out what was recorded as signed and was not laid out yet. Its checkpoint is another matter. */
  async settle(head: TreeHead): Promise<void> {
    const [batches = []] = await new StagedGroups(this.store).chains([{ origin: this.origin, head }]);
    const files = await this.filesOf(batches, head);
    await this.store.put(files);
    await this.dropPartials(files.map(({ path }) => path));
  }

  /** Puts a checkpoint, and the list of the log's keys, in place of the last. */
  async publish(signed: SignedNote): Promise<void> {
    await this.store.put(await this.signedFiles(signed));
  }

  /** Puts the newest checkpoint in place of the last. */
  publishCheckpoint(checkpoint: string): Promise<void> {
    return this.put([{ path: CHECKPOINT, bytes: Buffer.from(checkpoint) }]);
  }

  /**
   * The files that put a checkpoint, and the list of the log's keys, in place of the last. One that is there stays when it
   * says the same: a checkpoint may bear cosignatures by now.
   */
  async signedFiles({ checkpoint, keys }: SignedNote): Promise<EvidenceFile[]> {
    const [now, vkeys] = [await this.text(CHECKPOINT), encodeVkeys(this.origin, keys)];
    const files: EvidenceFile[] = [];
    if ((await this.text(KEYS)) !== Buffer.from(vkeys).toString()) files.push({ path: KEYS, bytes: vkeys });
    if (now?.startsWith(checkpoint) !== true)
      files.push({ path: CHECKPOINT, bytes: Buffer.from(checkpoint) });
    return files.map(({ path, bytes }) => ({ path: this.pathOf(path), bytes }));
  }

  /**
   * Removes bundles before `horizon`, and what their commitments were made of, and says in `horizon` from which entry on
   * they are here. Hash tiles stay. Again after a crash, it goes on from where that file says.
   */
  async prune(horizon: number): Promise<void> {
    const from = Number((await this.text(HORIZON)) ?? 0);
    if (horizon <= from) return;
    for (let index = from / TILE_WIDTH; index < horizon / TILE_WIDTH; index += 1) {
      const [bundle, opening] = [entryBundlePath(index, TILE_WIDTH), openingsPath(index, TILE_WIDTH)];
      await this.store.remove([this.pathOf(bundle), this.pathOf(opening)]);
    }
    await this.put([{ path: HORIZON, bytes: Buffer.from(`${String(horizon)}\n`) }]);
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
  private async bundlesOf({ from, entries }: Grown): Promise<EvidenceFile[]> {
    const edge = Math.floor(from / TILE_WIDTH);
    const before = from % TILE_WIDTH === 0 ? [] : await this.bundle(edge, from % TILE_WIDTH);
    await this.assertSigned(edge, before);
    return chunked([...before, ...entries.map(({ entry }) => entry)]).map((chunk, at) => ({
      path: entryBundlePath(edge + at, chunk.length),
      bytes: encodeBundle(chunk),
    }));
  }

  /** Entries that are laid out go into a wider file as they were signed, or not at all: what was changed does not spread. */
  private async assertSigned(index: number, entries: readonly Uint8Array[]): Promise<void> {
    if (entries.length === 0) return;
    const hashes = await this.tile(0, index, entries.length);
    const leaves = Buffer.concat(entries.map(leafOf));
    if (Buffer.compare(leaves, hashes) !== 0) throw missing();
  }

  /** The openings of each bundle that has any. */
  private async openingsOf({ from, head, entries }: Grown): Promise<EvidenceFile[]> {
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

  /** The partial file of just this width, or one that begins with it: the full one that came in its place, or a wider one. */
  private async wideEnough(width: number, pathAt: (width: number) => string): Promise<Uint8Array | null> {
    const exact = await this.store.get(this.pathOf(pathAt(width)));
    if (exact !== null || width === TILE_WIDTH) return exact;
    const full = this.pathOf(pathAt(TILE_WIDTH));
    const whole = await this.store.get(full);
    if (whole !== null) return whole;
    const widths = (await this.store.list(`${full}.p`)).map(Number).filter((wide) => wide > width);
    return widths.length === 0 ? null : this.store.get(this.pathOf(pathAt(Math.min(...widths))));
  }

  /** Of these files that were put here: a partial one may go once the full one is there (C2SP tlog-tiles, "Partial Tiles"). */
  async dropPartials(paths: readonly string[]): Promise<void> {
    const full = paths.filter((path) => !path.includes('.p/') && /\d{3}$/u.test(path));
    for (const path of full) {
      const names = await this.store.list(`${path}.p`);
      await this.store.remove(names.map((name) => `${path}.p/${name}`));
    }
  }

  private async text(path: string): Promise<string | null> {
    const bytes = await this.store.get(this.pathOf(path));
    return bytes === null ? null : Buffer.from(bytes).toString();
  }

  private put(files: readonly EvidenceFile[]): Promise<void> {
    return this.store.put(files.map(({ path, bytes }) => ({ path: this.pathOf(path), bytes })));
  }

  private pathOf(path: string): string {
    return `${this.origin}/${path}`;
  }
}

/** SHA-256(0x00 + entry), RFC 6962, section 2.1: by Node, since there may be 255 for each that is new. */
const leafOf = (entry: Uint8Array): Buffer => createHash('sha256').update(LEAF).update(entry).digest();

const LEAF = Uint8Array.of(0);

/** Entries behind so many others, and the tree that all of them make. */
type Grown = { readonly from: number; readonly head: TreeHead; readonly entries: Batch['entries'] };

function chunked<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let at = 0; at < items.length; at += TILE_WIDTH) chunks.push(items.slice(at, at + TILE_WIDTH));
  return chunks;
}

const missing = (): DomainError =>
  new DomainError('EVIDENCE_MISSING', 'The evidence store lacks what was signed over. Nothing is signed.');
