import { type ConsentId, DomainError, isDomainError, newId, type SubjectId } from '@personr/kernel';
import { assertConsented } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type Consent, type NewConsent } from './consent.js';
import { holdConsents } from './consent.repository.js';
import { type NewRecord } from './subject.js';

/** What comes in for one subject, as far as consents go. The caller holds the subject's row. */
export type Bringing = {
  readonly subjectId: SubjectId;
  readonly consents: readonly NewConsent[];
  readonly records: readonly Pick<NewRecord, 'consentId' | 'consentRef' | 'collectedAt'>[];
};

/** Consents that a body brings, and the consent under which each of its values is taken in. */
export type SettledConsents = {
  /** What is kept of each consent of the body, in order. */
  readonly given: readonly Consent[];
  /** Those of them that were not known before. */
  readonly fresh: readonly Consent[];
  /** By the place of each value. */
  readonly consentIds: readonly (ConsentId | null)[];
};

/**
 * Finds for each value the consent it is taken in under, reading afresh; a withdrawal waits until the transaction
 * has ended. A fact that is known already, withdrawn or not, stays as it is. Answers in order, a refusal by itself:
 * `CONSENT_NOT_FOUND` for a consent that is unknown or another subject's, `CONSENT_WITHDRAWN`, and
 * `CONSENT_MISSING` for a value collected before its consent was given. Asks the database only where a line
 * brings or names a consent.
 */
export async function judgeConsents(
  tx: TenantTx,
  lines: readonly Bringing[],
  at: Date,
): Promise<(SettledConsents | DomainError)[]> {
  const asking = lines.filter(
    ({ consents, records }) =>
      consents.length > 0 || records.some(({ consentId }) => consentId !== undefined),
  );
  const known = await holdConsents(
    tx,
    asking.map(({ subjectId }) => subjectId),
  );
  return lines.map((line) =>
    orRefusal(() =>
      settle(
        line,
        known.filter(({ subjectId }) => subjectId === line.subjectId),
        at,
      ),
    ),
  );
}

function settle(line: Bringing, known: readonly Consent[], at: Date): SettledConsents {
  const fresh: Consent[] = [];
  const given = line.consents.map((consent) => {
    const same = [...known, ...fresh].find((other) => isSameFact(other, consent));
    if (same !== undefined) return same;
    const { policy, version, givenAt } = consent;
    const made = { id: newId<'consent'>(at), policy, version, givenAt, withdrawnAt: null, createdAt: at };
    fresh.push(made);
    return made;
  });
  const byRef = new Map(line.consents.map(({ ref }, position) => [ref, given[position]]));
  const byId = new Map(known.map((consent) => [consent.id, consent]));
  const consentIds = line.records.map(({ consentId, consentRef, collectedAt }) => {
    if (consentId === undefined && consentRef === undefined) return null;
    const consent = consentId === undefined ? byRef.get(consentRef) : byId.get(consentId);
    if (consent === undefined) throw consentNotFound();
    assertConsented(consent, collectedAt);
    return consent.id;
  });
  return { given, fresh, consentIds };
}

const isSameFact = (one: NewConsent, other: NewConsent): boolean =>
  one.policy === other.policy &&
  one.version === other.version &&
  one.givenAt.getTime() === other.givenAt.getTime();

/** The refusal of a consent's id that is unknown, foreign, or another subject's. */
export const consentNotFound = (): DomainError =>
  new DomainError('CONSENT_NOT_FOUND', 'There is no such consent of this subject.');

function orRefusal<T>(judge: () => T): T | DomainError {
  try {
    return judge();
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
}
