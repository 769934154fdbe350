import { isDomainError } from '@personr/kernel';
import {
  formatCheckpoint,
  HASH_BYTES,
  hashLeaf,
  hashOver,
  type NoteVerifier,
  openNote,
  TILE_WIDTH,
  type TileReader,
  treeRoot,
} from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';
import { type LogEvidence } from './log-evidence.js';
import { type LogHead, readEntries } from './log.repository.js';
import { isSameTree, type TreeHead } from './signed-heads.js';

/** Everything that must make one tree. */
type Sources = {
  readonly head: LogHead;
  readonly reader: TileReader;
  readonly evidence: LogEvidence;
  readonly verifiers: readonly NoteVerifier[];
  readonly recorded: TreeHead | null;
};

/**
 * The first place in a part of a log that does not hold, or null. Each entry, as both stores have it, must be the leaf that
 * the tiles have for it; each full tile the hash above it; all of them the root under our signature, which is what was
 * recorded as signed. Entries are read 256 at a time. A tree that does not end in that root is broken at its size.
 */
export async function firstBreak(
  tx: TenantTx,
  { from, to }: { readonly from: number; readonly to: number },
  sources: Sources,
): Promise<number | null> {
  const { size } = sources.head;
  // What is staged is there as well. Whether it could be laid out, is looked at below.
  await orBrokenAt(size, () => sources.evidence.settle(sources.head).then(() => null));
  const [first, end] = [Math.floor(from / TILE_WIDTH), Math.ceil(to / TILE_WIDTH)];
  for (let index = first; index < end; index += 1) {
    const broken = await orBrokenAt(index * TILE_WIDTH, () => bundleBreak(tx, index, sources));
    if (broken !== null) return broken;
    const isEdge = index + 1 === end || (index + 1) % TILE_WIDTH === 0;
    const holds = () => climbs(sources, { level: 0, index, isEdge });
    const above = await orBrokenAt(index * TILE_WIDTH, async () =>
      (await holds()) ? null : index * TILE_WIDTH,
    );
    if (above !== null) return above;
  }
  return orBrokenAt(size, async () => ((await endsSigned(sources)) ? null : size));
}

/** The first entry of a bundle that is not its leaf. Of entries that are gone, the tiles alone are compared. */
async function bundleBreak(tx: TenantTx, index: number, sources: Sources): Promise<number | null> {
  const { head, reader, evidence } = sources;
  const first = index * TILE_WIDTH;
  const width = Math.min(TILE_WIDTH, head.size - first);
  const [tile, kept] = [await reader(0, index, width), await evidence.tile(0, index, width)];
  const differs = differenceOf(tile, kept);
  const entry = first < head.horizon ? null : await entryBreak(tx, { index, width, tile }, evidence);
  const breaks = [differs, entry].filter((at) => at !== null);
  return breaks.length === 0 ? null : first + Math.min(...breaks);
}

type Bundle = { readonly index: number; readonly width: number; readonly tile: Uint8Array };

/** The first place in a bundle whose entry is not, in both stores, the leaf that the tile has for it. */
async function entryBreak(
  tx: TenantTx,
  { index, width, tile }: Bundle,
  evidence: LogEvidence,
): Promise<number | null> {
  const first = index * TILE_WIDTH;
  const here = await readEntries(tx, { from: first, to: first + width });
  const there = await evidence.bundle(index, width);
  const holds = (at: number): boolean => {
    const [entry, copy] = [here.get(first + at), there[at]];
    if (entry === undefined || copy === undefined) return false;
    const leaf = tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
    return Buffer.compare(hashLeaf(entry), leaf) === 0 && Buffer.compare(entry, copy) === 0;
  };
  for (let at = 0; at < width; at += 1) if (!holds(at)) return at;
  return null;
}

/** The first hash in which two tiles of one width differ. */
function differenceOf(one: Uint8Array, other: Uint8Array): number | null {
  if (Buffer.compare(one, other) === 0) return null;
  const at = one.findIndex((byte, position) => byte !== other[position]);
  return Math.floor(Math.max(0, at) / HASH_BYTES);
}

/** Whether a full tile is the hash that stands for it one level up, and that tile, at its edge, in turn. */
async function climbs(
  sources: Sources,
  { level, index, isEdge }: { level: number; index: number; isEdge: boolean },
): Promise<boolean> {
  const { head, reader } = sources;
  const above = Math.floor(head.size / TILE_WIDTH ** (level + 1));
  if (index >= above) return true;
  const parent = Math.floor(index / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, above - parent * TILE_WIDTH);
  const hashes = Buffer.from(await reader(level + 1, parent, width));
  const slot = (index % TILE_WIDTH) * HASH_BYTES;
  const own = hashOver(await reader(level, index, TILE_WIDTH));
  if (!hashes.subarray(slot, slot + HASH_BYTES).equals(own)) return false;
  return !isEdge || climbs(sources, { level: level + 1, index: parent, isEdge });
}

/** Whether the tiles end in the root of the head, under our signature, and no smaller or other one was recorded. */
async function endsSigned({ head, reader, verifiers, recorded }: Sources): Promise<boolean> {
  const { origin, size, checkpoint } = head;
  if (size === 0) return checkpoint === null;
  const root = await treeRoot(size, reader);
  const text = formatCheckpoint({ origin, size, root });
  if (!isSameTree({ size, root }, head) || openNote(checkpoint ?? '', verifiers).text !== text) return false;
  return recorded !== null && (recorded.size > size || isSameTree(recorded, head));
}

const BREAKS = ['EVIDENCE_MISSING', 'LOG_FORKED', 'NOTE_MALFORMED', 'PROOF_INVALID'] as const;

/** What is missing or malformed where something was put does not hold either. */
async function orBrokenAt(position: number, look: () => Promise<number | null>): Promise<number | null> {
  try {
    return await look();
  } catch (error) {
    if (BREAKS.some((code) => isDomainError(error, code))) return position;
    throw error;
  }
}
