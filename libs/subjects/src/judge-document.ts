import { Injectable } from '@nestjs/common';
import { AuditLog, type Caller } from '@personr/audit';
import { type IdempotentRequest, IdempotentRequests } from '@personr/idempotency';
import { Clock, DomainError } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { assertAdmissible } from './admissible.js';
import { type NewDocument, type TakenDocument } from './document.js';
import { judgeConsents } from './judge-consents.js';
import { KeepDocument } from './keep-document.js';
import { openSubject } from './open-subject.js';
import { findSubject } from './subject.repository.js';
import { refuseUnknown } from './suppress-reingest.js';

const UNKNOWN = Symbol('a subject that is not held');

/** Says of a document, without its bytes, whether it may be taken in. */
@Injectable()
export class JudgeDocument {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly requests: IdempotentRequests,
    private readonly keepDocument: KeepDocument,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * The document that an earlier request of the same key made, or null where this one may be taken in. Throws
   * `SUBJECT_NOT_FOUND`, `SUPPRESSED_REINGEST` for one that was erased, `SUBJECT_BEING_ERASED`, and what `assertAdmissible`, `judgeConsents` and `begin` of
   * idempotency do.
   */
  async run(
    caller: Caller,
    document: NewDocument,
    request: IdempotentRequest | null,
  ): Promise<TakenDocument | null> {
    const { tenancy, audit, clock } = this;
    const { subjectId } = document;
    const judged = await tenancy.forTenant(caller.tenantId, (tx) => this.judge(tx, document, request));
    if (judged !== UNKNOWN) return judged;
    throw await refuseUnknown({ tenancy, audit, clock }, caller, { subjectId, otherwise: notFound() });
  }

  private async judge(
    tx: TenantTx,
    document: NewDocument,
    request: IdempotentRequest | null,
  ): Promise<TakenDocument | typeof UNKNOWN | null> {
    const known = await findSubject(tx, document.subjectId);
    assertAdmissible(await this.terms.inForce(tx), [document]);
    if (known === null) return UNKNOWN;
    const earlier = request === null ? null : await this.requests.begin(tx, request);
    if (earlier !== null) return this.keepDocument.again(tx, earlier);
    await this.judgePerson(tx, document);
    return null;
  }

  private async judgePerson(tx: TenantTx, document: NewDocument): Promise<void> {
    await openSubject(tx, document.subjectId);
    const bringing = { subjectId: document.subjectId, consents: [], records: [document] };
    const [judged] = await judgeConsents(tx, [bringing], this.clock.now());
    if (judged instanceof DomainError) throw judged;
  }
}

const notFound = (): DomainError => new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
