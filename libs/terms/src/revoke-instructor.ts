import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, DomainError } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { findInstructor, setRevoked } from './instructor.repository.js';
import { type InstructorId } from './terms.js';
import { type TermsEvent } from './terms.events.js';

/** Takes an instructor's authority away, at once. */
@Injectable()
export class RevokeInstructor {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** From its commit on no order of this instructor is accepted. Again it changes nothing. Throws `INSTRUCTOR_NOT_FOUND`. */
  run(caller: Caller, id: InstructorId): Promise<void> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const at = this.clock.now();
      if ((await findInstructor(tx, id)) === null) {
        throw new DomainError('INSTRUCTOR_NOT_FOUND', 'There is no such instructor.');
      }
      if (!(await setRevoked(tx, id, at))) return;
      const event: TermsEvent = {
        event: 'instructor.revoked',
        at,
        ...by(caller),
        detail: { instructorId: id },
      };
      await this.audit.append(tx, event);
    });
  }
}
