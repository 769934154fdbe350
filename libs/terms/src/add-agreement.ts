import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, newId } from '@personr/kernel';
import { assertComplete, type ContractPurpose } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type Agreement, type NewAgreement } from './agreement.js';
import { insertAgreement, latestAgreement } from './agreement.repository.js';
import { reportEndedPurposes } from './ended-purposes.js';
import { type TermsEvent } from './terms.events.js';

/** Puts a Service Provider Agreement on file. */
@Injectable()
export class AddAgreement {
  constructor(
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the agreement and its entry in the caller's transaction. From its beginning on it governs, whatever
   * was agreed before; so it must begin after every other, and, where there is another, not in the past. Throws
   * `AGREEMENT_TERMS_INCOMPLETE`, `AGREEMENT_NOT_LATER`, and `VALIDATION_FAILED` for an end before the
   * beginning.
   */
  async run(tx: TenantTx, caller: Omit<Caller, 'tenantId'>, given: NewAgreement): Promise<Agreement> {
    const at = this.clock.now();
    const { purposes, checklist, effectiveFrom, effectiveTo } = given;
    assertComplete(purposes, checklist);
    if (effectiveTo !== null && effectiveTo <= effectiveFrom) {
      throw new DomainError('VALIDATION_FAILED', 'effectiveTo must be after effectiveFrom.');
    }
    const earlier = await latestAgreement(tx);
    if (earlier !== null && (effectiveFrom <= earlier.effectiveFrom || effectiveFrom < at)) {
      throw new DomainError(
        'AGREEMENT_NOT_LATER',
        'A further agreement begins after every earlier one, and not in the past.',
      );
    }
    const agreement = { ...given, purposes, id: newId<'agreement'>(at), edition: 1, createdAt: at };
    await insertAgreement(tx, agreement);
    await this.report(tx, caller, agreement);
    await reportEndedPurposes(tx, this.audit, {
      caller,
      at,
      from: effectiveFrom,
      purposes: droppedFrom(earlier, agreement),
    });
    return agreement;
  }

  private async report(
    tx: TenantTx,
    caller: Omit<Caller, 'tenantId'>,
    { id, createdAt, effectiveFrom, effectiveTo, purposes, annexes, windDownDays }: Agreement,
  ): Promise<void> {
    const event: TermsEvent = {
      event: 'agreement.added',
      at: createdAt,
      ...by({ ...caller, tenantId: tx.tenantId }),
      detail: {
        agreementId: id,
        effectiveFrom: effectiveFrom.toISOString(),
        effectiveTo: effectiveTo?.toISOString() ?? null,
        windDownDays,
        purposes,
        annexes: annexes.map(({ sha256 }) => sha256),
      },
    };
    await this.audit.append(tx, event);
  }
}

const droppedFrom = (earlier: Agreement | null, { purposes }: Agreement): readonly ContractPurpose[] =>
  earlier?.purposes.filter((purpose) => !purposes.includes(purpose)) ?? [];
