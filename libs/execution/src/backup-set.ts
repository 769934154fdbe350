import { type Id } from '@personr/kernel';
import { type BackupsOutcome } from './execution.js';

/** What a set holds a copy of. A set with the keyring can open what it holds: it voids every erasure after it. */
export const BACKUP_CONTENTS = ['DATA', 'OBJECTS', 'KEY_STORE', 'KEYRING'] as const;

export type BackupContent = (typeof BACKUP_CONTENTS)[number];

/** A copy of the stores that somebody made: a backup of ours, or a set that the operator declares. Names hold no personal data. */
export type BackupSet = {
  readonly id: Id<'backup'>;
  readonly name: string;
  readonly contains: readonly BackupContent[];
  readonly madeAt: Date;
  /** Since when no copy of the set exists any more; null while one may. */
  readonly goneAt: Date | null;
};

type Judged = BackupsOutcome['sets'][number];

/** Copies that every installation may have, declared or not. */
const STANDING: readonly Judged[] = [
  {
    set: 'write-ahead log, replicas, snapshots, dead rows and backups of the data database',
    result: 'UNREADABLE',
    reason: 'Every value in them is sealed under a key whose root was destroyed at sealedAt.',
  },
  {
    set: 'write-ahead log, replicas, snapshots, dead rows and backups of the key store',
    result: 'UNREADABLE',
    reason: 'Every key in them is wrapped, directly or not, under a root that was destroyed at sealedAt.',
  },
  {
    set: 'versions and copies of objects',
    result: 'UNREADABLE',
    reason: 'Each is sealed under a key of its own whose root was destroyed at sealedAt.',
  },
];

/**
 * Every set that could have held the subject, and why it cannot be read: `UNREADABLE`, `EXPIRED`, or, of one
 * that can be, `ON_RESTORE` when the policy lets it wait, else `REMAINS`.
 */
export function judgeBackups(
  sets: readonly BackupSet[],
  { sealedAt, heldSince, mayWait }: { sealedAt: Date; heldSince: Date | null; mayWait: boolean },
): readonly Judged[] {
  const could = sets.filter(({ madeAt }) => heldSince === null || madeAt >= heldSince);
  return [...STANDING, ...could.map((set) => ({ set: set.name, ...judge(set, { sealedAt, mayWait }) }))];
}

function judge(
  { contains, madeAt, goneAt }: BackupSet,
  { sealedAt, mayWait }: { sealedAt: Date; mayWait: boolean },
): Omit<Judged, 'set'> {
  if (goneAt !== null)
    return { result: 'EXPIRED', reason: `No copy of it exists since ${goneAt.toISOString()}.` };
  if (!contains.includes('KEYRING') || madeAt > sealedAt) {
    return {
      result: 'UNREADABLE',
      reason: 'It holds no root key that was in force before sealedAt; that root was destroyed.',
    };
  }
  return mayWait
    ? {
        result: 'ON_RESTORE',
        reason:
          'It holds root keys. Policy backupErasure ON_RESTORE, 11 CCR 7022(d): before it is used, erasures are replayed.',
      }
    : { result: 'REMAINS', reason: 'It holds root keys that open what it holds.' };
}

/** The sets that still can be read, of those judged. */
export const readable = (sets: readonly Judged[]): readonly Judged[] =>
  sets.filter(({ result }) => result === 'REMAINS');
