import { AuditLog } from '@personr/audit';
import { type Clock } from '@personr/kernel';
import { type Tenancy } from '@personr/tenancy';
import { type Vault } from '@personr/vault';
import { AddAgreement } from './add-agreement.js';
import { AddInstructor } from './add-instructor.js';
import { AddNotice } from './add-notice.js';
import { AdoptTerms } from './adopt-terms.js';
import { type NewAgreement } from './agreement.js';
import { ChangePolicy } from './change-policy.js';
import { EndAgreement } from './end-agreement.js';
import { FindTerms } from './find-terms.js';
import { InstructorNames } from './instructor-names.js';
import { RevokeInstructor } from './revoke-instructor.js';
import { standardTerms } from './standard-terms.js';
import { TermsReader } from './terms-reader.js';

/** The standard agreement from `effectiveFrom` on, unless changed. */
export const anAgreement = (effectiveFrom: Date, changes: Partial<NewAgreement> = {}): NewAgreement => ({
  ...standardTerms(effectiveFrom).agreement,
  ...changes,
});

/** The room's acts, wired by hand. */
export function termsOver({ tenancy, vault, clock }: { tenancy: Tenancy; vault: Vault; clock: Clock }) {
  const audit = new AuditLog();
  const names = new InstructorNames(vault);
  const reader = new TermsReader(clock);
  const addAgreement = new AddAgreement(audit, clock);
  const addNotice = new AddNotice(audit, clock);
  const changePolicy = new ChangePolicy(audit, clock);
  const addInstructor = new AddInstructor(names, audit, clock);
  return {
    reader,
    addAgreement,
    addNotice,
    changePolicy,
    addInstructor,
    adopt: new AdoptTerms(addAgreement, addNotice, changePolicy, addInstructor),
    endAgreement: new EndAgreement(tenancy, audit, clock),
    revokeInstructor: new RevokeInstructor(tenancy, audit, clock),
    find: new FindTerms(tenancy, reader, names),
  };
}
