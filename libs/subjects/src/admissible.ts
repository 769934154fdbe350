import { DomainError } from '@personr/kernel';
import { assertInForce, assertWritable } from '@personr/law';
import { type TermsInForce } from '@personr/terms';
import { type NewConsent } from './consent.js';
import { asRecord, identityPurposeOf } from './place-records.js';
import { type Identity, type NewRecord } from './subject.js';

/** What intake judges a value or a document by. */
export type Admissible = Pick<NewRecord, 'element' | 'purpose' | 'consentId' | 'consentRef'>;

/**
 * Refuses values that the terms do not let in, before anything is claimed, sealed or written. Throws
 * `AGREEMENT_NOT_IN_FORCE`, `CATEGORY_NOT_IN_NOTICE`, `PURPOSE_NOT_IN_NOTICE`,
 * `PURPOSE_NOT_PERMITTED` for a purpose that was not agreed, `CONSENT_MISSING` where the policy requires one
 * `CONSENT_IN_FUTURE`, and `VALIDATION_FAILED` for a reference to no consent of `consents`.
 */
export function assertAdmissible(
  terms: TermsInForce,
  records: readonly Admissible[],
  consents: readonly NewConsent[] = [],
): void {
  assertInForce(terms.standing);
  for (const record of records) {
    assertWithinTerms(terms, record);
    if (terms.policy.consentRequired && record.consentId === undefined && record.consentRef === undefined) {
      throw new DomainError('CONSENT_MISSING', 'A value needs the consent it is taken in under.');
    }
  }
  assertConsentsKnown(consents, terms.at, records);
}

/**
 * The same for who a person is: identities are kept to find the person by, under the first purpose agreed, and
 * need no consent, since a consent needs somebody who gave it. Throws as `assertAdmissible` does.
 */
export function assertIdentitiesAdmissible(terms: TermsInForce, identities: readonly Identity[]): void {
  assertInForce(terms.standing);
  const purpose = identityPurposeOf(terms);
  for (const identity of identities) {
    assertWithinTerms(terms, asRecord(identity, { purpose, at: terms.at }));
  }
}

/** Refuses consents given after `at`, refs that are not unique, and references to none of them. */
export function assertConsentsKnown(
  consents: readonly NewConsent[],
  at: Date,
  records: readonly Pick<Admissible, 'consentId' | 'consentRef'>[] = [],
): void {
  if (consents.some(({ givenAt }) => givenAt > at)) {
    throw new DomainError('CONSENT_IN_FUTURE', 'A consent cannot have been given in the future.');
  }
  const refs = consents.flatMap(({ ref }) => ref ?? []);
  if (new Set(refs).size !== refs.length) {
    throw new DomainError('VALIDATION_FAILED', 'The ref of each consent is its own.');
  }
  for (const { consentId, consentRef } of records) {
    if (consentRef === undefined) continue;
    if (consentId !== undefined || !refs.includes(consentRef)) {
      throw new DomainError(
        'VALIDATION_FAILED',
        'A record names one consent: by consentId, or by the consentRef of one in the same body.',
      );
    }
  }
}

function assertWithinTerms({ notice, purposes }: TermsInForce, record: Admissible): void {
  assertWritable(notice, record);
  if (!purposes.includes(record.purpose)) {
    throw new DomainError('PURPOSE_NOT_PERMITTED', 'The agreement does not name this purpose.');
  }
}
