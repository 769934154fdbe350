import {
  type AnchorFinding,
  type Checkpoint,
  consistencyPath,
  openCheckpoint,
  type SignedCheckpoint,
  type TileReader,
  verifyAnchor,
  verifyConsistency,
} from '@personr/proof';
import { DomainError } from '@personr/kernel';
import { readTile } from './entry-bundles.js';
import { type EvidenceSource } from './evidence-source.js';
import { type Remembered } from './memory.js';
import { type Trust } from './trust.js';

/** The longest checkpoint that is read: a hundred signatures of the largest kind and room. */
export const CHECKPOINT_LIMIT = 2 ** 20;

/** A checkpoint that trusted keys signed, and who cosigned it. */
export type Head = SignedCheckpoint & {
  readonly cosignatures: AnchorFinding['cosignatures'];
  readonly isCosigned: boolean;
};

/** Opens a checkpoint. Throws as `openCheckpoint` and `verifyAnchor` do. */
export function openHead(note: string, { keys, anchor }: Trust): Head {
  const checkpoint = openCheckpoint(note, keys);
  const { state, cosignatures } = verifyAnchor({ note, anchor: null }, anchor);
  return { ...checkpoint, cosignatures, isCosigned: state === 'COSIGNED' };
}

/**
 * Proves that a log still begins with what was seen of it before, from its tiles. Throws `PROOF_INVALID` when it does not, or
 * is smaller than it was; `EVIDENCE_MISSING` when the log lacks the tiles for it.
 */
export async function proveGrowth(
  source: EvidenceSource,
  { seen }: Remembered,
  head: Checkpoint,
): Promise<void> {
  if (seen === null) return;
  if (head.size < seen.size) {
    throw new DomainError(
      'PROOF_INVALID',
      `This log had ${seen.size} entries at ${seen.at} and has ${head.size} now: entries were taken away, or this is an older copy.`,
    );
  }
  const path = await consistencyPath(seen.size, head.size, tileReader(source));
  try {
    verifyConsistency({ oldSize: seen.size, newSize: head.size, path }, seen.root, head.root);
  } catch (cause) {
    throw new DomainError(
      'PROOF_INVALID',
      `This log is not the one that had ${seen.size} entries at ${seen.at}: what was there then was changed.`,
      { cause },
    );
  }
}

const tileReader =
  (source: EvidenceSource): TileReader =>
  (level, index, width) =>
    readTile(source, { level, index, width });
