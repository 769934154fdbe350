import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, type SubjectId } from '@personr/kernel';
import { assertKeptReadable, assertReadable, type ElementCode, isExceptionGround } from '@personr/law';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { onlyForGround, type Readable, readableFor } from './restriction.js';
import { restrictingHolds } from './restriction.repository.js';
import { SealedRecords } from './sealed-records.js';
import { type OpenedRecord } from './subject.js';
import { findSubject } from './subject.repository.js';
import { type SubjectEvent } from './subjects.events.js';

/** Whose values to open, of which elements (all when none are named), and what for: a purpose, or the ground of a hold. */
export type ReadRequest = {
  readonly subjectId: SubjectId;
  readonly purpose: string;
  readonly elements?: readonly ElementCode[];
};

/** Opens a subject's values for a named purpose, and says so in the log. */
@Injectable()
export class ReadRecords {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly sealedRecords: SealedRecords,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the values; the entry that says who read them, and why, is committed before they leave. Throws
   * `PURPOSE_NOT_PERMITTED`, `AGREEMENT_NOT_IN_FORCE`, `SUBJECT_NOT_FOUND`,
   * `SUBJECT_BEING_ERASED` from the start of an erasure on, and `RESTRICTED_BY_HOLD` as `readableFor` does.
   */
  async run(caller: Caller, { subjectId, purpose, elements }: ReadRequest): Promise<OpenedRecord[]> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const subject = await findSubject(tx, subjectId);
      if (subject === null) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
      const terms = await this.terms.inForce(tx);
      if (isExceptionGround(purpose)) assertKeptReadable(terms);
      else assertReadable(purpose, subject.role, terms);
      if (subject.beingErased) {
        throw new DomainError(
          'SUBJECT_BEING_ERASED',
          'This subject is being erased. Its values are not read.',
        );
      }
      const { opened, holds } = await this.open(tx, {
        subjectId,
        purpose,
        ...(elements === undefined ? {} : { elements }),
      });
      const event: SubjectEvent = {
        event: 'values.read',
        at: this.clock.now(),
        ...by(caller),
        subjectRef: subject.subjectRef,
        detail: {
          purpose,
          elements: [...new Set(opened.map(({ element }) => element))],
          records: opened.length,
          ...(holds.length === 0 ? {} : { holds: [...holds] }),
        },
      };
      await this.audit.append(tx, event);
      return opened;
    });
  }

  /** Opens what may be read. What is asked for as a whole is not answered by nothing where a hold keeps something. */
  private async open(
    tx: TenantTx,
    { subjectId, purpose, elements }: ReadRequest,
  ): Promise<Pick<Readable, 'holds'> & { opened: OpenedRecord[] }> {
    const restricting = await restrictingHolds(tx, subjectId);
    const { holds, ...part } = readableFor(purpose, elements, restricting);
    const opened = await this.sealedRecords.open(tx, { subjectId, ...part });
    if (opened.length === 0 && part.except !== undefined) throw onlyForGround();
    return { opened, holds };
  }
}
