import { DomainError } from '@personr/kernel';
import { checkCount, invalid } from './refusal.js';
import { HASH_BYTES } from './tree.js';

/** Hashes in a full tile, and entries in a full bundle. C2SP tlog-tiles. */
export const TILE_WIDTH = 256;

/** The longest entry a bundle can hold, in bytes: its length is a uint16. */
export const MAX_ENTRY_BYTES = 65_535;

/**
 * Reads `width` hashes of a tile, from its start: exactly `width * 32` bytes, or rejects. A tile may be stored
 * wider than it is asked for, because the log has grown since; **the reader trims it** (`trimTile`), and
 * whoever reads through it refuses any other length.
 */
export type TileReader = (level: number, index: number, width: number) => Promise<Uint8Array>;

/** A hash tile: `hashes` is `width * 32` bytes. */
export type Tile = { level: number; index: number; width: number; hashes: Uint8Array };

/** The first `width` hashes of a stored tile. Throws `PROOF_INVALID` when the tile is narrower than that. */
export function trimTile(hashes: Uint8Array, width: number): Uint8Array {
  if (hashes.length < width * HASH_BYTES) throw invalid('A stored tile is narrower than the tree needs.');
  return hashes.subarray(0, width * HASH_BYTES);
}

/**
 * Where a hash tile is published: `tile/<level>/<index>[.p/<width>]`. C2SP tlog-tiles, "Merkle Tree".
 * Throws `PROOF_INVALID` for a level above 63 or a width outside 1..256.
 */
export function tilePath(level: number, index: number, width: number): string {
  if (checkCount(level, 'tile level') > 63) throw invalid('The tile level is above 63.');
  return `tile/${level}/${place(index, width)}`;
}

/** Where an entry bundle is published: `tile/entries/<index>[.p/<width>]`. Throws as `tilePath` does. */
export const entryBundlePath = (index: number, width: number): string =>
  `tile/entries/${place(index, width)}`;

const PATH = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/;

/**
 * Reads a published path back; `level` is `entries` for a bundle. Throws `PROOF_INVALID` for every spelling
 * but the one that `tilePath` and `entryBundlePath` write.
 */
export function parseTilePath(path: string): { level: number | 'entries'; index: number; width: number } {
  const [, level, digits = '', partial] = PATH.exec(path) ?? [];
  const index = Number(digits.replaceAll(/[x/]/g, ''));
  const width = partial === undefined ? TILE_WIDTH : Number(partial);
  const entries = level === 'entries';
  const written = entries ? entryBundlePath(index, width) : tilePath(Number(level), index, width);
  if (written !== path) throw invalid('The path does not name a tile.');
  return { level: entries ? 'entries' : Number(level), index, width };
}

function place(index: number, width: number): string {
  if (checkCount(width, 'tile width') < 1 || width > TILE_WIDTH) throw invalid('A tile is 1 to 256 wide.');
  let rest = checkCount(index, 'tile index');
  let path = String(rest % 1000).padStart(3, '0');
  while (rest >= 1000) {
    rest = Math.floor(rest / 1000);
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  }
  return width === TILE_WIDTH ? path : `${path}.p/${width}`;
}

/**
 * Puts 1 to 256 entries into a bundle: each is a big-endian uint16 length and the bytes. C2SP tlog-tiles,
 * "Log entries". Throws `ENTRY_TOO_LARGE` for an entry above 65,535 bytes, `PROOF_INVALID` for another count.
 */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  checkBundleWidth(entries.length);
  const bundle = new Uint8Array(entries.reduce((total, entry) => total + 2 + entry.length, 0));
  const view = new DataView(bundle.buffer);
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) {
      throw new DomainError('ENTRY_TOO_LARGE', 'A log entry can hold at most 65,535 bytes.');
    }
    view.setUint16(at, entry.length);
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** Takes a bundle apart. Throws `PROOF_INVALID` unless it is 1 to 256 whole entries and nothing else. */
export function decodeBundle(bundle: Uint8Array): Uint8Array[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bundle.length) {
    const start = at + 2;
    const end = start > bundle.length ? Infinity : start + view.getUint16(at);
    if (end > bundle.length) throw invalid('The entry bundle is cut off.');
    entries.push(bundle.slice(start, end));
    at = end;
  }
  checkBundleWidth(entries.length);
  return entries;
}

function checkBundleWidth(entries: number): void {
  if (entries < 1 || entries > TILE_WIDTH) throw invalid('An entry bundle holds 1 to 256 entries.');
}
