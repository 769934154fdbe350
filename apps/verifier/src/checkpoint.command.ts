import { isDomainError } from '@personr/kernel';
import { type EvidenceSource } from './evidence-source.js';
import { entries, growthSentences, signedSentences, unknownOfLog } from './log-words.js';
import { type Memory } from './memory.js';
import { openHead, proveGrowth } from './open-head.js';
import { type Trust } from './trust.js';
import { type Verdict } from './verdict.js';

/** What a head is judged with: `source` is where its tiles are, if anywhere. */
export type CheckpointCase = {
  readonly note: string;
  readonly source: EvidenceSource | null;
  readonly trust: Trust;
  readonly memory: Memory;
  readonly now: string;
};

/**
 * Verifies a log's head, and that it goes on from the one seen before, if the log's tiles are at hand. It is remembered unless
 * that could not be shown. Throws as `openHead` and `proveGrowth` do.
 */
export async function judgeCheckpoint({
  note,
  source,
  trust,
  memory,
  now,
}: CheckpointCase): Promise<Verdict> {
  const head = openHead(note, trust);
  const remembered = await memory.recall(head.origin);
  const isGrown = await isShown(() => proveGrowth(source ?? NO_TILES, remembered, head));
  if (isGrown) await memory.keep(head.origin, { ...remembered, seen: { ...head, at: now } });
  const { origin, size, signedBy, cosignatures } = head;
  return {
    verified: true,
    headline: `the head of ${origin}, at ${entries(size)}.`,
    proved: [...signedSentences(head), ...(isGrown ? growthSentences(remembered) : [])],
    attested: [],
    unknown: [
      ...(isGrown ? [] : [notShown(remembered.seen)]),
      'Whether the entries and tiles are there and lead to this root: the log command derives them.',
      ...unknownOfLog(head, remembered, trust),
    ],
    facts: { origin, size, root: Buffer.from(head.root).toString('base64'), signedBy, cosignatures, isGrown },
  };
}

const NO_TILES: EvidenceSource = { place: '', read: () => Promise.resolve(null) };

async function isShown(prove: () => Promise<void>): Promise<boolean> {
  try {
    await prove();
    return true;
  } catch (error) {
    if (isDomainError(error, 'EVIDENCE_MISSING')) return false;
    throw error;
  }
}

const notShown = (seen: { readonly size: number; readonly at: string } | null): string =>
  `Whether it goes on from the ${entries(seen?.size ?? 0)} seen here at ${seen?.at ?? ''}: the tiles that show it are not beside it.`;
