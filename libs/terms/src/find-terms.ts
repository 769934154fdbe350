import { Injectable } from '@nestjs/common';
import { DomainError, type Id, type TenantId } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { type Agreement } from './agreement.js';
import { findAgreement, listAgreements } from './agreement.repository.js';
import { type Instructor } from './instructor.js';
import { InstructorNames } from './instructor-names.js';
import { findInstructor, listInstructors } from './instructor.repository.js';
import { findNotice, listNotices } from './notice.repository.js';
import { type NoticeVersion } from './notice-version.js';
import { latestPolicy, listPolicies } from './policy.repository.js';
import { type PolicyVersion } from './policy-version.js';
import {
  type AgreementId,
  type InstructorId,
  type NoticeVersionId,
  type PolicyVersionId,
  type TermsInForce,
} from './terms.js';
import { TermsReader } from './terms-reader.js';

/** Which page of a list: at most `limit`, after the one named by `after`. */
export type TermsPage<Kind extends Id<string>> = { readonly limit: number; readonly after: Kind | null };

/** The refusal of an agreement's id that is unknown or foreign. */
export const agreementNotFound = (): DomainError =>
  new DomainError('AGREEMENT_NOT_FOUND', 'There is no such agreement.');

/** Shows what was agreed with a tenant. Lists are newest first. */
@Injectable()
export class FindTerms {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly reader: TermsReader,
    private readonly names: InstructorNames,
  ) {}

  /** What holds now. */
  inForce(tenantId: TenantId): Promise<TermsInForce> {
    return this.tenancy.forTenant(tenantId, (tx) => this.reader.inForce(tx));
  }

  /** Throws `AGREEMENT_NOT_FOUND`. */
  async agreement(tenantId: TenantId, id: AgreementId): Promise<Agreement> {
    const agreement = await this.tenancy.forTenant(tenantId, (tx) => findAgreement(tx, id));
    if (agreement === null) throw agreementNotFound();
    return agreement;
  }

  agreements(tenantId: TenantId, page: TermsPage<AgreementId>): Promise<Agreement[]> {
    return this.tenancy.forTenant(tenantId, (tx) => listAgreements(tx, page));
  }

  /** Throws `NOTICE_NOT_FOUND`. */
  async notice(tenantId: TenantId, id: NoticeVersionId): Promise<NoticeVersion> {
    const notice = await this.tenancy.forTenant(tenantId, (tx) => findNotice(tx, id));
    if (notice === null) throw new DomainError('NOTICE_NOT_FOUND', 'There is no such version of the notice.');
    return notice;
  }

  notices(tenantId: TenantId, page: TermsPage<NoticeVersionId>): Promise<NoticeVersion[]> {
    return this.tenancy.forTenant(tenantId, (tx) => listNotices(tx, page));
  }

  /** The edition in force; null where the house's own values hold. */
  policy(tenantId: TenantId): Promise<PolicyVersion | null> {
    return this.tenancy.forTenant(tenantId, latestPolicy);
  }

  policies(tenantId: TenantId, page: TermsPage<PolicyVersionId>): Promise<PolicyVersion[]> {
    return this.tenancy.forTenant(tenantId, (tx) => listPolicies(tx, page));
  }

  /** Throws `INSTRUCTOR_NOT_FOUND`. */
  async instructor(tenantId: TenantId, id: InstructorId): Promise<Instructor> {
    const row = await this.tenancy.forTenant(tenantId, (tx) => findInstructor(tx, id));
    const [instructor] = row === null ? [] : await this.names.open(tenantId, [row]);
    if (instructor === undefined) {
      throw new DomainError('INSTRUCTOR_NOT_FOUND', 'There is no such instructor.');
    }
    return instructor;
  }

  async instructors(tenantId: TenantId, page: TermsPage<InstructorId>): Promise<Instructor[]> {
    const rows = await this.tenancy.forTenant(tenantId, (tx) => listInstructors(tx, page));
    return this.names.open(tenantId, rows);
  }
}
