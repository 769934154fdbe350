import { Injectable } from '@nestjs/common';
import { AuditLog, type Caller } from '@personr/audit';
import { type EarlierAnswer, IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import { Clock, type SubjectId } from '@personr/kernel';
import { assertInForce } from '@personr/law';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { assertStays, TermsReader } from '@personr/terms';
import { assertConsentsKnown } from './admissible.js';
import { type Consent, type NewConsent } from './consent.js';
import { holdConsents } from './consent.repository.js';
import { openSubject } from './open-subject.js';
import { consentNotFound } from './judge-consents.js';
import { settleConsentsOf } from './settle-consents.js';

/** What came of recording a consent. */
export type GivenConsent = { readonly consent: Consent; readonly replayed: boolean };

/** Records what a subject agreed to. */
@Injectable()
export class GiveConsent {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly idempotentRequests: IdempotentRequests,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps the consent and its entry together; one that is known already is returned as it stands. Throws
   * `CONSENT_IN_FUTURE`, `AGREEMENT_NOT_IN_FORCE`, `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`, and what `begin`
   * of idempotency does.
   */
  async run(
    caller: Caller,
    { subjectId, consent }: { subjectId: SubjectId; consent: NewConsent },
    identity: RequestIdentity | null,
  ): Promise<GivenConsent> {
    const request = await this.idempotentRequests.identify(caller.tenantId, identity);
    return this.tenancy.forTenant(caller.tenantId, (tx) =>
      this.idempotentRequests.once<GivenConsent>(tx, request, {
        act: async () => {
          const kept = await this.give(tx, caller, { subjectId, consent });
          return { answer: { consent: kept, replayed: false }, resourceIds: [kept.id], status: 201 };
        },
        replay: async (earlier) => ({ consent: await again(tx, subjectId, earlier), replayed: true }),
      }),
    );
  }

  private async give(
    tx: TenantTx,
    caller: Caller,
    { subjectId, consent }: { subjectId: SubjectId; consent: NewConsent },
  ): Promise<Consent> {
    const { standing } = await this.terms.inForce(tx);
    const at = this.clock.now();
    assertConsentsKnown([consent], at);
    const subject = await openSubject(tx, subjectId);
    assertInForce(standing);
    await assertStays(tx);
    const { given } = await settleConsentsOf(
      tx,
      { caller, at, audit: this.audit },
      { subject, consents: [consent], records: [] },
    );
    const [kept] = given;
    if (kept === undefined) throw consentNotFound();
    return kept;
  }
}

async function again(tx: TenantTx, subjectId: SubjectId, { resourceIds }: EarlierAnswer): Promise<Consent> {
  const consent = (await holdConsents(tx, [subjectId])).find(({ id }) => resourceIds.includes(id));
  if (consent === undefined) throw consentNotFound();
  return consent;
}
