import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type Agreement } from './agreement.js';
import { findAgreement, setEnd } from './agreement.repository.js';
import { reportEndedPurposes } from './ended-purposes.js';
import { agreementNotFound } from './find-terms.js';
import { type AgreementId } from './terms.js';
import { type TermsEvent } from './terms.events.js';

/** When an agreement is to end, and a check of the edition that the caller has seen, which throws. */
export type End = {
  readonly id: AgreementId;
  readonly effectiveTo: Date;
  readonly assertEdition: (edition: number) => void;
};

/** Ends a Service Provider Agreement. */
@Injectable()
export class EndAgreement {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Sets the end and says in the log which purposes end with it. An end is brought forward, never put off: what
   * goes on longer is a new agreement. Throws `AGREEMENT_NOT_FOUND`, `AGREEMENT_ENDED` once it is over,
   * `AGREEMENT_END_INVALID` for an end in the past, before the beginning or after the present end, what
   * `assertEdition` throws, and `PRECONDITION_FAILED` when somebody else was quicker.
   */
  run(caller: Caller, { id, effectiveTo, assertEdition }: End): Promise<Agreement> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const at = this.clock.now();
      const agreement = await findAgreement(tx, id);
      if (agreement === null) throw agreementNotFound();
      assertEdition(agreement.edition);
      assertCanEnd(agreement, effectiveTo, at);
      if (!(await setEnd(tx, agreement, effectiveTo))) {
        throw new DomainError('PRECONDITION_FAILED', 'It has changed since you read it. Read it again.');
      }
      const event: TermsEvent = {
        event: 'agreement.ended',
        at,
        ...by(caller),
        detail: { agreementId: id, effectiveTo: effectiveTo.toISOString() },
      };
      await this.audit.append(tx, event);
      const { purposes } = agreement;
      await reportEndedPurposes(tx, this.audit, { caller, at, from: effectiveTo, purposes });
      return { ...agreement, effectiveTo, edition: agreement.edition + 1 };
    });
  }
}

function assertCanEnd(agreement: Agreement, end: Date, at: Date): void {
  const { effectiveFrom, effectiveTo } = agreement;
  if (effectiveTo !== null && effectiveTo <= at) {
    throw new DomainError('AGREEMENT_ENDED', 'This agreement has ended.');
  }
  if (end < at || end < effectiveFrom || (effectiveTo !== null && end >= effectiveTo)) {
    throw new DomainError(
      'AGREEMENT_END_INVALID',
      'An end is now or later, not before the agreement begins, and before the end it has.',
    );
  }
}
