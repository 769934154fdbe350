import { DomainError } from '@personr/kernel';
import { entryBundlePath, HASH_BYTES, MAX_ENTRY_BYTES, TILE_WIDTH, tilePath } from '@personr/proof';
import { type EvidenceSource } from './evidence-source.js';
import { hashInto } from './node-crypto.js';

const BUNDLE_LIMIT = TILE_WIDTH * (2 + MAX_ENTRY_BYTES);
const TILE_LIMIT = TILE_WIDTH * HASH_BYTES;

const broken = (index: number, how: string): DomainError =>
  new DomainError('PROOF_INVALID', `The bundle of the entries from ${index * TILE_WIDTH} on ${how}.`);

const missing = (path: string): DomainError =>
  new DomainError('EVIDENCE_MISSING', `The log lacks ${path}, which a log of its size has.`);

/** The bundle of the entries from `index * 256` on, or null when it is not there; the full one may stand for a partial one. */
export async function readBundle(
  source: EvidenceSource,
  index: number,
  width: number,
): Promise<Buffer | null> {
  const exact = await source.read(entryBundlePath(index, width), BUNDLE_LIMIT);
  if (exact !== null || width === TILE_WIDTH) return exact;
  return source.read(entryBundlePath(index, TILE_WIDTH), BUNDLE_LIMIT);
}

/** A hash tile of just this width. Throws `EVIDENCE_MISSING` when it is not there. */
export async function readTile(
  source: EvidenceSource,
  { level, index, width }: { level: number; index: number; width: number },
): Promise<Buffer> {
  const exact = await source.read(tilePath(level, index, width), TILE_LIMIT);
  if (exact !== null) return exact;
  const full =
    width === TILE_WIDTH ? null : await source.read(tilePath(level, index, TILE_WIDTH), TILE_LIMIT);
  if (full === null) throw missing(tilePath(level, index, width));
  return full.subarray(0, width * HASH_BYTES);
}

/**
 * Writes the leaf hash of each of the first `width` entries of a bundle into `hashes`. Each entry is hashed where it lies: the
 * byte before it, the low one of its length, gives way to the 0x00 of a leaf (RFC 6962, section 2.1), so `bundle` is changed.
 * Throws `PROOF_INVALID` unless the bundle is `width` whole entries, or 256.
 */
export function hashEntries(
  bundle: Buffer,
  { index, width }: { index: number; width: number },
  hashes: Buffer,
): void {
  let at = 0;
  let count = 0;
  for (; at + 2 <= bundle.length && count < TILE_WIDTH; count++) {
    const end = at + 2 + bundle.readUInt16BE(at);
    if (end > bundle.length) throw broken(index, 'is cut off');
    bundle[at + 1] = 0;
    if (count < width) hashInto(bundle.subarray(at + 1, end), hashes, count * HASH_BYTES);
    at = end;
  }
  if (at !== bundle.length) throw broken(index, 'holds more than it can');
  if (count !== width && count !== TILE_WIDTH) throw broken(index, `holds ${count} entries, not ${width}`);
}
