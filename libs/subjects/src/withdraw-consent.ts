import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, type ConsentId, DomainError, type SubjectId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type Consent } from './consent.js';
import { holdConsents, setWithdrawn } from './consent.repository.js';
import { openSubject } from './open-subject.js';
import { consentNotFound } from './judge-consents.js';
import { type SubjectEvent } from './subjects.events.js';

/** Which consent was withdrawn, and when. */
export type Withdrawal = {
  readonly subjectId: SubjectId;
  readonly consentId: ConsentId;
  readonly withdrawnAt: Date;
};

/** Records that a subject took its consent back. */
@Injectable()
export class WithdrawConsent {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * From its commit on the consent admits nothing more; what was taken in under it stays until it is instructed.
   * Withdrawn again, it is as it was. Needs no agreement. Throws `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`,
   * `CONSENT_NOT_FOUND`, `CONSENT_IN_FUTURE`, and `VALIDATION_FAILED` for a withdrawal before the consent.
   */
  run(caller: Caller, { subjectId, consentId, withdrawnAt }: Withdrawal): Promise<Consent> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const at = this.clock.now();
      if (withdrawnAt > at) {
        throw new DomainError('CONSENT_IN_FUTURE', 'A consent cannot have been withdrawn in the future.');
      }
      const subject = await openSubject(tx, subjectId);
      const consent = (await holdConsents(tx, [subjectId])).find(({ id }) => id === consentId);
      if (consent === undefined) throw consentNotFound();
      if (withdrawnAt < consent.givenAt) {
        throw new DomainError('VALIDATION_FAILED', 'withdrawnAt must not be before givenAt.');
      }
      if (!(await setWithdrawn(tx, consentId, withdrawnAt))) return consent;
      const event: SubjectEvent = {
        event: 'consent.withdrawn',
        at,
        ...by(caller),
        subjectRef: subject.subjectRef,
        detail: { consentId, withdrawnAt: withdrawnAt.toISOString() },
      };
      await this.audit.append(tx, event);
      return { ...consent, withdrawnAt };
    });
  }
}
