import { DomainError, type Id, type InstructionId, type SubjectId } from '@personr/kernel';
import { type ElementCode, EXCEPTION_GROUNDS, type ExceptionGround } from '@personr/law';

export type HoldId = Id<'hold'>;

/** Why a hold ends before its time. A closed list, so that no words about a person come in. */
export const HOLD_END_REASONS = [
  'GROUND_ENDED',
  'RELEASED_BY_COURT',
  'WAIVED_BY_BUSINESS',
  'PLACED_IN_ERROR',
] as const;

export type HoldEndReason = (typeof HOLD_END_REASONS)[number];

/** What a tenant says when it places a hold: what is kept, on which ground, from when and until when. */
export type NewHold = {
  readonly subjectId: SubjectId;
  /** The elements that are kept; all when none are named. */
  readonly elements: readonly ElementCode[];
  readonly ground: string;
  readonly citation: string;
  readonly endsAt: Date | null;
  readonly reviewAt: Date | null;
};

/** A hold as it is kept. Active until `endedAt`, which is set when it is released or when `endsAt` has come. */
export type Hold = Omit<NewHold, 'ground'> & {
  readonly id: HoldId;
  readonly ground: ExceptionGround;
  readonly placedBy: Id<string>;
  /** The instruction that it was placed on; null for one placed on a subject. */
  readonly instructionId: InstructionId | null;
  readonly startsAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: HoldEndReason | 'TIME_CAME' | null;
  /** What it names that was gone, or going, when it was placed. */
  readonly gone: readonly ElementCode[];
};

/** The grounds on which everything may be kept. */
const FOR_EVERYTHING: readonly string[] = ['EX_COURT', 'EX_LE_DIRECTION', 'EX_CLAIMS'];

/**
 * Refuses a hold that the law does not know: `EXCEPTION_GROUND_UNKNOWN`, `EXCEPTION_SCOPE_TOO_WIDE` for
 * everything on a ground that only covers parts, `HOLD_TERM_INVALID` without an end and without a review, or with one
 * that has passed.
 */
export function assertHoldable(
  hold: NewHold,
  at: Date,
): asserts hold is NewHold & { ground: ExceptionGround } {
  if (!(EXCEPTION_GROUNDS as readonly string[]).includes(hold.ground))
    throw new DomainError('EXCEPTION_GROUND_UNKNOWN', 'A hold rests on one of the listed grounds.');
  if (hold.elements.length === 0 && !FOR_EVERYTHING.includes(hold.ground)) {
    throw new DomainError(
      'EXCEPTION_SCOPE_TOO_WIDE',
      'On this ground some elements can be kept, not everything: name them.',
    );
  }
  const terms = [hold.endsAt, hold.reviewAt].filter((term) => term !== null);
  if (terms.length === 0 || terms.some((term) => term <= at))
    throw new DomainError('HOLD_TERM_INVALID', 'A hold has an end or a date of review, in the future.');
}

/** The elements of a subject that these holds keep: named ones, or everything. */
export type Held = { readonly everything: boolean; readonly elements: readonly ElementCode[] };

/** What holds keep together. */
export function heldBy(holds: readonly Pick<Hold, 'elements'>[]): Held {
  const elements = [...new Set(holds.flatMap((hold) => hold.elements))].sort();
  return { everything: holds.some((hold) => hold.elements.length === 0), elements };
}
