import { DomainError } from '@personr/kernel';

/** A check that failed: what was shown does not prove what it claims. */
export const invalid = (sentence: string, cause?: unknown): DomainError =>
  new DomainError('PROOF_INVALID', sentence, { cause });

/** Text that does not follow its format, so that nothing in it was checked. */
export const malformed = (sentence: string): DomainError => new DomainError('NOTE_MALFORMED', sentence);

/** Returns `value`. Throws `PROOF_INVALID` unless it is a whole number from 0 to 2^53 - 1. */
export function checkCount(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw invalid(`The ${name} is not a whole number.`);
  return value;
}
