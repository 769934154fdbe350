import { DomainError, isDomainError } from '@personr/kernel';
import { type Derived, deriveLog } from './derive-log.js';
import { type EvidenceSource } from './evidence-source.js';
import { entries, growthSentences, signedSentences, unknownOfLog } from './log-words.js';
import { type Memory, type Remembered } from './memory.js';
import { CHECKPOINT_LIMIT, type Head, openHead, proveGrowth } from './open-head.js';
import { Progress } from './progress.js';
import { type Trust } from './trust.js';
import { Unfollowable } from './unfollowable.js';
import { type Verdict } from './verdict.js';

/** What a log is judged with. Entries from `least` on must be there; null: the log may be pruned up to anywhere. */
export type LogCase = {
  readonly source: EvidenceSource;
  readonly trust: Trust;
  readonly memory: Memory;
  readonly least: number | null;
  readonly now: string;
  /** Where a bar is drawn, or null. */
  readonly print: ((text: string) => void) | null;
};

/**
 * Verifies a whole log: its head, that it goes on from the head seen before, and every entry, tile and root. Goes on where an
 * earlier run was broken off. Throws `PROOF_INVALID`, `EVIDENCE_MISSING` or `NOTE_MALFORMED` with what is wrong.
 */
export async function judgeLog(given: LogCase): Promise<Verdict> {
  const { source, trust, memory } = given;
  const note = await source.read('checkpoint', CHECKPOINT_LIMIT);
  if (note === null) throw new Unfollowable('There is no checkpoint at that place: it is not a log.');
  const head = openHead(note.toString('utf8'), trust);
  const remembered = await memory.recall(head.origin);
  await proveGrowth(source, remembered, head);
  const derived = await deriveOnce(given, head, remembered);
  assertFrom(derived.from, given.least, head.size);
  await memory.keep(head.origin, { seen: { ...head, at: given.now }, unfinished: null });
  return verdictOn(head, derived, { remembered, trust });
}

/** Goes on from what is remembered; if that does not come out right, it says nothing: then all is derived anew. */
async function deriveOnce(given: LogCase, head: Head, remembered: Remembered): Promise<Derived> {
  try {
    return await derive(given, head, remembered);
  } catch (error) {
    if (remembered.unfinished === null || !isDomainError(error)) throw error;
    return derive(given, head, { ...remembered, unfinished: null });
  }
}

async function derive(
  { source, memory, print }: LogCase,
  head: Head,
  remembered: Remembered,
): Promise<Derived> {
  const progress = new Progress(head.size, print);
  try {
    return await deriveLog(source, head, {
      unfinished: remembered.unfinished,
      watcher: {
        done: (count) => {
          progress.done(count);
        },
        keep: (unfinished) => memory.keep(head.origin, { seen: remembered.seen, unfinished }),
      },
    });
  } finally {
    progress.end();
  }
}

function assertFrom(from: number, least: number | null, size: number): void {
  if (from > 0 && from >= size)
    throw new DomainError('EVIDENCE_MISSING', 'None of the entries of the log is there.');
  if (least === null || from <= least) return;
  throw new DomainError(
    'EVIDENCE_MISSING',
    `The entries before ${from} are missing, and those from ${least} on are wanted.`,
  );
}

function verdictOn(
  head: Head,
  { from, resumedAt }: Derived,
  { remembered, trust }: { remembered: Remembered; trust: Trust },
): Verdict {
  const { origin, size, signedBy, cosignatures } = head;
  return {
    verified: true,
    headline: `the log ${origin}, ${from === 0 ? `all ${entries(size)}` : `entries from ${from} to ${size - 1}`}.`,
    proved: [
      ...signedSentences(head),
      size === 0
        ? 'It is empty.'
        : `Every entry from ${from} to ${size - 1} was read and hashed, and leads to that root; every hash tile is what follows from them.`,
      ...growthSentences(remembered),
    ],
    attested: [],
    unknown: [
      ...(from === 0
        ? []
        : [
            `What the entries before ${from} said: they were pruned. Their hashes are there, under the same root.`,
          ]),
      ...(resumedAt === 0
        ? []
        : [
            `Whether the entries before ${resumedAt} are still as an earlier run, which was broken off, read them.`,
          ]),
      ...unknownOfLog(head, remembered, trust),
    ],
    facts: { origin, size, from, resumedAt, signedBy, cosignatures, seenBefore: seenOf(remembered) },
  };
}

const seenOf = ({ seen }: Remembered) => (seen === null ? null : { size: seen.size, at: seen.at });
