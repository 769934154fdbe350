import { Injectable } from '@nestjs/common';
import { type ConsentId, DomainError, type SubjectId, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type Consent } from './consent.js';
import { listConsents } from './consent.repository.js';
import { findSubject } from './subject.repository.js';

/** Shows what a subject agreed to. */
@Injectable()
export class FindConsents {
  constructor(private readonly tenancy: Tenancy) {}

  /** A page of the subject's consents, newest first. Throws `SUBJECT_NOT_FOUND`. */
  page(
    tenantId: TenantId,
    subjectId: SubjectId,
    page: { limit: number; after: ConsentId | null },
  ): Promise<Consent[]> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      if ((await findSubject(tx, subjectId)) === null) {
        throw new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');
      }
      return listConsents(tx, subjectId, page);
    });
  }
}
