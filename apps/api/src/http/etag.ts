import { DomainError } from '@personr/kernel';

/** The strong entity tag of an edition of a thing (RFC 9110, section 8.8.3). Editions count from 1. */
export const etagOf = (edition: number): string => `"${edition}"`;

/**
 * Lets an edit through only when `If-Match` names the edition it was made against (RFC 9110, section 13.1.1).
 * Throws `PRECONDITION_REQUIRED` without the header, `PRECONDITION_FAILED` when the thing has changed since.
 */
export function assertIfMatch(ifMatch: string | undefined, edition: number): void {
  if (ifMatch === undefined) {
    throw new DomainError('PRECONDITION_REQUIRED', 'Send If-Match with the ETag of what you are editing.');
  }
  const named = ifMatch.split(',').map((tag) => tag.trim());
  if (!named.includes('*') && !named.includes(etagOf(edition))) {
    throw new DomainError('PRECONDITION_FAILED', 'It has changed since you read it. Read it again.');
  }
}

/** Says whether `If-None-Match` names the tag of what would be answered (RFC 9110, section 13.1.2: by weak comparison). */
export const isNamedBy = (ifNoneMatch: string | undefined, tag: string): boolean =>
  (ifNoneMatch ?? '')
    .split(',')
    .map((named) => named.trim().replace(/^W\//, ''))
    .some((named) => named === '*' || named === tag);
