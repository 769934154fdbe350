import { DomainError } from '@personr/kernel';
import {
  formatCheckpoint,
  HASH_BYTES,
  openNote,
  type Tile,
  TILE_WIDTH,
  type TileReader,
  treeRoot,
} from '@personr/proof';
import { type LogHead } from './log.repository.js';
import { type LogSigner } from './log-signer.js';
import { type Edge } from './sequence.repository.js';

/** Logs remembered, at most: some megabytes of edges. */
const MOST = 4_000;

type Known = { readonly checkpoint: string; readonly edges: readonly Edge[] };

/**
 * Says whether heads are as they were signed: what is signed next begins with what was signed last, so the tree that grows
 * has to be the one under our own signature. A log that is byte for byte as this process signed it, or found it to hold, is
 * not derived again.
 */
export class KnownHeads {
  private readonly known = new Map<string, Known>();

  constructor(private readonly signer: LogSigner) {}

  /** Throws `LOG_FORKED` unless tiles, root, size and checkpoint make one tree that we signed; an empty log is none. */
  async assertUntouched(head: LogHead, edges: readonly Edge[]): Promise<void> {
    const { origin, size, root, checkpoint } = head;
    if (size === 0 && checkpoint === null) return;
    if (checkpoint === null) throw forked();
    const text = formatCheckpoint({ origin, size, root });
    if (this.isKnown({ checkpoint, edges }, { origin, text })) return;
    const stored = formatCheckpoint({ origin, size, root: await treeRoot(size, edgeReader(edges)) });
    if (stored !== text || stored !== this.lastSigned(origin, checkpoint)) throw forked();
    this.keep(origin, { checkpoint, edges });
  }

  /** Remembers how a log was left, that was committed so. */
  moved(origin: string, checkpoint: string, edges: readonly Edge[]): void {
    this.keep(origin, { checkpoint, edges });
  }

  /** A note is its text, a blank line and signatures: no other head has these bytes. */
  private isKnown({ checkpoint, edges }: Known, { origin, text }: { origin: string; text: string }): boolean {
    const known = this.known.get(origin);
    if (known?.checkpoint !== checkpoint || !checkpoint.startsWith(`${text}\n`)) return false;
    return areSame(known.edges, edges);
  }

  private keep(origin: string, known: Known): void {
    this.known.delete(origin);
    this.known.set(origin, known);
    const [oldest] = this.known.keys();
    if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
  }

  private lastSigned(origin: string, checkpoint: string): string {
    try {
      return openNote(checkpoint, this.signer.verifiersOf(origin)).text;
    } catch (cause) {
      throw forked(cause);
    }
  }
}

/** Reads tiles at the edge of a tree, cut to the width asked for. Throws `LOG_FORKED` for a tile that is not there. */
export const edgeReader =
  (edges: readonly Edge[]): TileReader =>
  (level, index, width) => {
    const edge = edges.find((tile) => tile.level === level && tile.index === index);
    return edge === undefined
      ? Promise.reject(forked())
      : Promise.resolve(edge.hashes.subarray(0, width * HASH_BYTES));
  };

/** The edge of a tree after these tiles of it have changed. */
export function edgesAfter(edges: readonly Edge[], tiles: readonly Tile[]): Edge[] {
  const levels = new Map(edges.map((edge) => [edge.level, edge]));
  for (const { level, index, hashes, width } of tiles) {
    if (width < TILE_WIDTH) levels.set(level, { level, index, hashes });
    else levels.delete(level);
  }
  return [...levels.values()].sort((one, other) => one.level - other.level);
}

function areSame(one: readonly Edge[], other: readonly Edge[]): boolean {
  if (one.length !== other.length) return false;
  return one.every(({ level, index, hashes }) => {
    const edge = other.find((tile) => tile.level === level);
    return edge?.index === index && Buffer.compare(edge.hashes, hashes) === 0;
  });
}

/** What is not as it was signed. */
export const forked = (cause?: unknown): DomainError =>
  new DomainError('LOG_FORKED', 'The head of the log is not the one that was signed last.', { cause });
