import { Module } from '@nestjs/common';
import { AddDocument } from './add-document.js';
import { AddRecords } from './add-records.js';
import { AdmitSubject } from './admit-subject.js';
import { AdmitSubjects } from './admit-subjects.js';
import { FindConsents } from './find-consents.js';
import { FindSubject } from './find-subject.js';
import { GiveConsent } from './give-consent.js';
import { JudgeAdmissions } from './judge-admissions.js';
import { JudgeDocument } from './judge-document.js';
import { KnownIdentities } from './known-identities.js';
import { DocumentUploads } from './document-uploads.js';
import { KeepDocument } from './keep-document.js';
import { ReadDocument } from './read-document.js';
import { ReadInventory } from './read-inventory.js';
import { ReadRecords } from './read-records.js';
import { SealedDocuments } from './sealed-documents.js';
import { SealedRecords } from './sealed-records.js';
import { SuppressReingest } from './suppress-reingest.js';
import { SweepUploads } from './sweep-uploads.js';
import { WithdrawConsent } from './withdraw-consent.js';
import { WriteAdmissions } from './write-admissions.js';

const USE_CASES = [
  AddDocument,
  AddRecords,
  AdmitSubject,
  AdmitSubjects,
  FindConsents,
  FindSubject,
  GiveConsent,
  ReadDocument,
  ReadInventory,
  ReadRecords,
  SweepUploads,
  WithdrawConsent,
];
const OF_ADMISSION = [SealedRecords, KnownIdentities, JudgeAdmissions, SuppressReingest, WriteAdmissions];
const OF_DOCUMENTS = [DocumentUploads, JudgeDocument, KeepDocument, SealedDocuments];

/** Provides what can be done with subjects. */
@Module({ providers: [...OF_ADMISSION, ...OF_DOCUMENTS, ...USE_CASES], exports: USE_CASES })
export class SubjectsModule {}
