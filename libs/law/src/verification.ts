import { DomainError } from '@personr/kernel';
import { ELEMENTS, type ElementCode } from './elements.js';
import { type Basis, type ExportContent, type InstructionType } from './request.js';

/** Degrees of certainty about who asks, lowest first (Reg. 7062(b)-(d)). */
export const VERIFICATION_LEVELS = ['NONE', 'REASONABLE', 'REASONABLY_HIGH'] as const;
export type VerificationLevel = (typeof VERIFICATION_LEVELS)[number];

/** How a consumer's identity was verified. */
export const VERIFICATION_METHODS = [
  'ACCOUNT_REAUTH',
  'DATA_POINT_MATCH',
  'DOCUMENT_MATCH',
  'FACE_MATCH',
  'IN_PERSON',
] as const;
export type VerificationMethod = (typeof VERIFICATION_METHODS)[number];

/** The kinds of data that were matched. Kinds only: a verification never holds the values. */
export const VERIFICATION_POINTS = [
  'FULL_NAME',
  'POSTAL_ADDRESS',
  'EMAIL',
  'PHONE',
  'DATE_OF_BIRTH',
  'DOCUMENT_NUMBER',
  'EXTERNAL_ID',
  'ACCOUNT',
  'CARD_LAST_FOUR',
  'FACE_MATCH',
] as const;
export type VerificationPoint = (typeof VERIFICATION_POINTS)[number];

/** What the Business attests about the identity of the consumer who asked. */
export interface Verification {
  readonly level: VerificationLevel;
  readonly method: VerificationMethod;
  readonly points: readonly VerificationPoint[];

  /** Whether a declaration signed under penalty of perjury is on record (Reg. 7062(c)). */
  readonly declaration: boolean;
  readonly verifiedAt: Date;
}

/** What is to be done, on what basis, to which elements, and the identity check that was recorded for it. */
export interface VerifiedAct {
  readonly basis: Basis;
  readonly type: InstructionType;
  readonly elements: readonly ElementCode[];

  /** Of an EXPORT. Left out, it counts as the specific pieces. */
  readonly content?: ExportContent | undefined;
  readonly verification: Verification | null;

  /** The level the tenant's policy wants in any case. It can raise what the law needs, never lower it. */
  readonly atLeast?: VerificationLevel | undefined;
}

/**
 * Gives the lowest level an act asked for by a consumer needs (Reg. 7062(b)-(d), R-30). An export by categories
 * needs REASONABLE, of specific pieces REASONABLY_HIGH; DELETE, RETURN and CORRECT go by the most sensitive of
 * `elements`; LIMIT and OPT_OUT need none (Reg. 7060(b)).
 */
export function requiredLevel(
  type: InstructionType,
  elements: readonly ElementCode[],
  content: ExportContent = 'SPECIFIC_PIECES',
): VerificationLevel {
  if (type === 'LIMIT' || type === 'OPT_OUT') return 'NONE';
  if (type === 'EXPORT') return content === 'CATEGORIES' ? 'REASONABLE' : 'REASONABLY_HIGH';
  return elements.some((element) => ELEMENTS[element].sensitive !== 'NO') ? 'REASONABLY_HIGH' : 'REASONABLE';
}

/**
 * Refuses an act whose asker was not verified well enough. END_OF_PURPOSE and AGREEMENT_END need authority, not
 * identity, and pass. Throws `NOT_VERIFIED` without a verification, `VERIFICATION_LEVEL_TOO_LOW` below
 * `requiredLevel`, and `DECLARATION_MISSING` for specific pieces without a signed declaration.
 */
export function assertVerified(act: VerifiedAct): void {
  const { basis, type, content, verification } = act;
  const required = levelFor(act);
  if (NO_IDENTITY.has(basis) || required === 'NONE') return;
  if (verification === null || verification.level === 'NONE') {
    throw new DomainError('NOT_VERIFIED', "The consumer's identity has not been verified.");
  }
  if (rankReached(verification) < rank(required)) {
    throw new DomainError('VERIFICATION_LEVEL_TOO_LOW', `This instruction needs the level ${required}.`);
  }
  if (needsDeclaration(type, content) && !verification.declaration) {
    throw new DomainError(
      'DECLARATION_MISSING',
      'Specific pieces need a signed declaration of the consumer.',
    );
  }
}

const NO_IDENTITY: ReadonlySet<Basis> = new Set(['END_OF_PURPOSE', 'AGREEMENT_END']);

const needsDeclaration = (type: InstructionType, content?: ExportContent): boolean =>
  type === 'EXPORT' && content !== 'CATEGORIES';

const levelFor = ({ type, elements, content, atLeast = 'NONE' }: VerifiedAct): VerificationLevel =>
  higher(requiredLevel(type, elements, content), atLeast);

const higher = (one: VerificationLevel, other: VerificationLevel): VerificationLevel =>
  rank(one) < rank(other) ? other : one;

const rank = (level: VerificationLevel): number => VERIFICATION_LEVELS.indexOf(level);

// Reg. 7062(b), (c): matching data proves REASONABLE from two points and REASONABLY_HIGH from three. The other
// methods do not rest on the number of points.
function rankReached({ level, method, points }: Verification): number {
  if (method !== 'DATA_POINT_MATCH') return rank(level);
  return Math.min(rank(level), new Set(points).size - 1);
}
