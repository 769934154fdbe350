import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, type SubjectId } from '@personr/kernel';
import { assertReadable, type ElementCode } from '@personr/law';
import { Tenancy } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { SealedRecords } from './sealed-records.js';
import { type OpenedRecord } from './subject.js';
import { findSubject } from './subject.repository.js';
import { type SubjectEvent } from './subjects.events.js';

/** Whose values to open, of which elements (all when none are named), and what for. */
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
   * `PURPOSE_NOT_PERMITTED`, `AGREEMENT_NOT_IN_FORCE`, `SUBJECT_NOT_FOUND`, and
   * `SUBJECT_BEING_ERASED` from the start of an erasure on.
   */
  async run(caller: Caller, { subjectId, purpose, elements }: ReadRequest): Promise<OpenedRecord[]> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const subject = await findSubject(tx, subjectId);
      if (subject === null) throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
      assertReadable(purpose, subject.role, await this.terms.inForce(tx));
      if (subject.beingErased) {
        throw new DomainError(
          'SUBJECT_BEING_ERASED',
          'This subject is being erased. Its values are not read.',
        );
      }
      const scope = elements === undefined ? { subjectId } : { subjectId, elements };
      const opened = await this.sealedRecords.open(tx, scope);
      const event: SubjectEvent = {
        event: 'values.read',
        at: this.clock.now(),
        ...by(caller),
        subjectRef: subject.subjectRef,
        detail: {
          purpose,
          elements: [...new Set(opened.map(({ element }) => element))],
          records: opened.length,
        },
      };
      await this.audit.append(tx, event);
      return opened;
    });
  }
}
