import { Injectable } from '@nestjs/common';
import { type Caller } from '@personr/audit';
import { type TenantTx } from '@personr/tenancy';
import { AddAgreement } from './add-agreement.js';
import { AddInstructor } from './add-instructor.js';
import { AddNotice } from './add-notice.js';
import { type NewAgreement } from './agreement.js';
import { ChangePolicy } from './change-policy.js';
import { type NewInstructor } from './instructor.js';
import { type NewNotice } from './notice-version.js';
import { type PolicyChanges } from './policy-version.js';

/** All that is agreed with a tenant as it comes in. Only our own Business has no agreement. */
export type NewTerms = {
  readonly agreement: NewAgreement | null;
  readonly notice: NewNotice;
  /** Changes to the house's values. */
  readonly policy: PolicyChanges;
  readonly instructors: readonly NewInstructor[];
};

/** Puts all of a tenant's first terms on file. */
@Injectable()
export class AdoptTerms {
  constructor(
    private readonly addAgreement: AddAgreement,
    private readonly addNotice: AddNotice,
    private readonly changePolicy: ChangePolicy,
    private readonly addInstructor: AddInstructor,
  ) {}

  /** Writes them in the caller's transaction, all or none. Throws what its four acts throw. */
  async run(tx: TenantTx, caller: Omit<Caller, 'tenantId'>, terms: NewTerms): Promise<void> {
    if (terms.agreement !== null) await this.addAgreement.run(tx, caller, terms.agreement);
    await this.addNotice.run(tx, caller, terms.notice);
    await this.changePolicy.run(tx, caller, { changes: terms.policy });
    for (const instructor of terms.instructors) await this.addInstructor.run(tx, caller, instructor);
  }
}
