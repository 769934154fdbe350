import { Module } from '@nestjs/common';
import { AddRecords } from './add-records.js';
import { AdmitSubject } from './admit-subject.js';
import { AdmitSubjects } from './admit-subjects.js';
import { FindConsents } from './find-consents.js';
import { FindSubject } from './find-subject.js';
import { GiveConsent } from './give-consent.js';
import { JudgeAdmissions } from './judge-admissions.js';
import { KnownIdentities } from './known-identities.js';
import { ReadInventory } from './read-inventory.js';
import { ReadRecords } from './read-records.js';
import { SealedRecords } from './sealed-records.js';
import { WithdrawConsent } from './withdraw-consent.js';
import { WriteAdmissions } from './write-admissions.js';

const USE_CASES = [
  AddRecords,
  AdmitSubject,
  AdmitSubjects,
  FindConsents,
  FindSubject,
  GiveConsent,
  ReadInventory,
  ReadRecords,
  WithdrawConsent,
];

/** Provides what can be done with subjects. */
@Module({
  providers: [SealedRecords, KnownIdentities, JudgeAdmissions, WriteAdmissions, ...USE_CASES],
  exports: USE_CASES,
})
export class SubjectsModule {}
