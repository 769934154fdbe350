import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, newId } from '@personr/kernel';
import { changePolicy, policyOf } from '@personr/law';
import { isUniqueViolation, type TenantTx } from '@personr/tenancy';
import { type PolicyChanges, type PolicyVersion } from './policy-version.js';
import { insertPolicy, latestPolicy } from './policy.repository.js';
import { type TermsEvent } from './terms.events.js';

/** What to change, and a check of the edition that the caller has seen, which throws. */
export type PolicyEdit = {
  readonly changes: PolicyChanges;
  readonly assertEdition?: (edition: number) => void;
};

/** Changes the values a tenant is judged by. */
@Injectable()
export class ChangePolicy {
  constructor(
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the next edition, whole, and its entry in the caller's transaction. What was judged before stays
   * judged by the edition it names. Throws what `changePolicy` of the law and `assertEdition` throw, and
   * `PRECONDITION_FAILED` when somebody else was quicker.
   */
  async run(
    tx: TenantTx,
    caller: Omit<Caller, 'tenantId'>,
    { changes, assertEdition }: PolicyEdit,
  ): Promise<PolicyVersion> {
    const at = this.clock.now();
    const latest = await latestPolicy(tx);
    const edition = latest?.edition ?? 0;
    assertEdition?.(edition);
    const values = changePolicy(policyOf(edition, latest?.values ?? {}), changes);
    const next = { id: newId<'policy-version'>(at), edition: edition + 1, values, createdAt: at };
    await insertPolicy(tx, next).catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new DomainError('PRECONDITION_FAILED', 'It has changed since you read it. Read it again.');
    });
    const event: TermsEvent = {
      event: 'policy.changed',
      at,
      ...by({ ...caller, tenantId: tx.tenantId }),
      policyVersion: policyOf(next.edition, values).version,
      detail: { edition: next.edition, changed: Object.keys(changes).sort() },
    };
    await this.audit.append(tx, event);
    return next;
  }
}
