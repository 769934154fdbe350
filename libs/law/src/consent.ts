import { DomainError } from '@personr/kernel';

/** What a consent is judged by: when it was given, and when withdrawn, if it was. */
export interface ConsentSpan {
  readonly givenAt: Date;
  readonly withdrawnAt: Date | null;
}

/**
 * Refuses a value under a consent that does not cover it (S-16, R-12): consent comes before what is collected
 * under it, and once withdrawn admits nothing more, whenever it was collected. Throws `CONSENT_WITHDRAWN`, and
 * `CONSENT_MISSING` for a value collected before the consent was given.
 */
export function assertConsented({ givenAt, withdrawnAt }: ConsentSpan, collectedAt: Date): void {
  if (withdrawnAt !== null) {
    throw new DomainError('CONSENT_WITHDRAWN', 'This consent was withdrawn. It admits nothing more.');
  }
  if (collectedAt < givenAt) {
    throw new DomainError('CONSENT_MISSING', 'A value was collected before its consent was given.');
  }
}
