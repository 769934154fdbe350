import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import { Clock, DomainError, type KeyId, type SubjectId } from '@personr/kernel';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { assertStays, TermsReader } from '@personr/terms';
import { assertAdmissible } from './admissible.js';
import { openSubject } from './open-subject.js';
import { replayTaken } from './replay-taken.js';
import { SealedRecords } from './sealed-records.js';
import { settleConsentsOf } from './settle-consents.js';
import { refuseUnknown } from './suppress-reingest.js';
import { type NewRecord, type TakenRecord } from './subject.js';
import { findSubject } from './subject.repository.js';
import { type SubjectEvent } from './subjects.events.js';

/** What came of adding values. */
export type AddedRecords = { readonly records: readonly TakenRecord[]; readonly replayed: boolean };

const notFound = (): DomainError => new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');

/** Adds values to a subject that is known. */
@Injectable()
export class AddRecords {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly sealedRecords: SealedRecords,
    private readonly idempotentRequests: IdempotentRequests,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes missing keys first, then writes sealed values and entry together. Throws `SUBJECT_NOT_FOUND`,
   * `SUPPRESSED_REINGEST` for one that was erased, `SUBJECT_BEING_ERASED`, and what `assertAdmissible`, `judgeConsents` and `begin` of idempotency do.
   */
  async run(
    caller: Caller,
    { subjectId, records }: { subjectId: SubjectId; records: readonly NewRecord[] },
    identity: RequestIdentity | null,
  ): Promise<AddedRecords> {
    const { tenantId } = caller;
    const [{ known, terms }, request] = await Promise.all([
      this.tenancy.forTenant(tenantId, async (tx) => ({
        known: await findSubject(tx, subjectId),
        terms: await this.terms.inForce(tx),
      })),
      this.idempotentRequests.identify(tenantId, identity),
    ]);
    assertAdmissible(terms, records);
    if (known === null) {
      const { tenancy, audit, clock } = this;
      throw await refuseUnknown({ tenancy, audit, clock }, caller, { subjectId, otherwise: notFound() });
    }
    const keys = await this.sealedRecords.keysFor(tenantId, subjectId, records);
    return this.tenancy.forTenant(tenantId, (tx) =>
      this.idempotentRequests.once<AddedRecords>(tx, request, {
        act: async () => {
          const taken = await this.write(tx, caller, { subjectId, keys, records });
          const resourceIds = [subjectId, ...taken.map(({ id }) => id)];
          return { answer: { records: taken, replayed: false }, resourceIds, status: 201 };
        },
        replay: async (earlier) => ({ records: (await replayTaken(tx, earlier)).records, replayed: true }),
      }),
    );
  }

  private async write(
    tx: TenantTx,
    caller: Caller,
    {
      subjectId,
      keys,
      records,
    }: { subjectId: SubjectId; keys: ReadonlyMap<string, KeyId>; records: readonly NewRecord[] },
  ): Promise<TakenRecord[]> {
    const at = this.clock.now();
    await assertStays(tx);
    const held = await openSubject(tx, subjectId);
    const intake = { caller, at, audit: this.audit };
    await settleConsentsOf(tx, intake, { subject: held, consents: [], records });
    const taken = await this.sealedRecords.take(tx, { subjectId, role: held.role, keys }, records);
    const event: SubjectEvent = {
      event: 'records.added',
      at,
      ...by(caller),
      subjectRef: held.subjectRef,
      detail: { records: taken.length },
    };
    await this.audit.append(tx, event);
    return taken;
  }
}
