import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError, newId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Instructor, type NewInstructor } from './instructor.js';
import { InstructorNames } from './instructor-names.js';
import { hasCredential, insertInstructor } from './instructor.repository.js';
import { type InstructorId } from './terms.js';
import { type TermsEvent } from './terms.events.js';

/** Authorises somebody to instruct. */
@Injectable()
export class AddInstructor {
  constructor(
    private readonly names: InstructorNames,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Seals the name, then writes the instructor and its entry in the caller's transaction; the entry holds id, role
   * and authority, never the name. Throws `API_CLIENT_NOT_FOUND` for a credential the tenant does not have, and
   * `VALIDATION_FAILED` for an authority that ends before it begins.
   */
  async run(tx: TenantTx, caller: Omit<Caller, 'tenantId'>, given: NewInstructor): Promise<Instructor> {
    const at = this.clock.now();
    const { who, validFrom, validTo } = given;
    if (validTo !== null && validTo <= validFrom) {
      throw new DomainError('VALIDATION_FAILED', 'validTo must be after validFrom.');
    }
    if (who.kind === 'CREDENTIAL' && !(await hasCredential(tx, who.apiClientId))) {
      throw new DomainError('API_CLIENT_NOT_FOUND', 'There is no such API client.');
    }
    const id: InstructorId = newId(at);
    const { role, authority } = given;
    const row = { id, role, authority, validFrom, validTo, revokedAt: null, createdAt: at };
    await insertInstructor(tx, {
      ...row,
      apiClientId: who.kind === 'CREDENTIAL' ? who.apiClientId : null,
      name: who.kind === 'PERSON' ? await this.names.seal(tx.tenantId, id, who.name) : null,
    });
    const event: TermsEvent = {
      event: 'instructor.added',
      at,
      ...by({ ...caller, tenantId: tx.tenantId }),
      detail: { instructorId: id, kind: who.kind, role, authority },
    };
    await this.audit.append(tx, event);
    return { ...row, who };
  }
}
