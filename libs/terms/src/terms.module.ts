import { Global, Module } from '@nestjs/common';
import { AddAgreement } from './add-agreement.js';
import { AddInstructor } from './add-instructor.js';
import { AddNotice } from './add-notice.js';
import { AdoptTerms } from './adopt-terms.js';
import { ChangePolicy } from './change-policy.js';
import { EndAgreement } from './end-agreement.js';
import { FindTerms } from './find-terms.js';
import { InstructorNames } from './instructor-names.js';
import { RevokeInstructor } from './revoke-instructor.js';
import { TermsReader } from './terms-reader.js';

const ACTS = [
  AddAgreement,
  AddInstructor,
  AddNotice,
  AdoptTerms,
  ChangePolicy,
  EndAgreement,
  FindTerms,
  RevokeInstructor,
];

/** Provides what was agreed with a tenant, and how it is changed. */
@Global()
@Module({
  providers: [TermsReader, InstructorNames, ...ACTS],
  exports: [TermsReader, ...ACTS],
})
export class TermsModule {}
