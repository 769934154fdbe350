export * from './add-document.js';
export * from './add-records.js';
export type { AdmissionLine, AdmissionOutcome, Admitted } from './admission.js';
export * from './admit-subject.js';
export * from './admit-subjects.js';
export * from './admissible.js';
export * from './consent.js';
export * from './find-consents.js';
export * from './find-subject.js';
export * from './give-consent.js';
export { type HeldBringing, settleConsentsOf } from './settle-consents.js';
export * from './withdraw-consent.js';
export * from './document.js';
export * from './read-document.js';
export * from './read-inventory.js';
export * from './read-records.js';
export * from './subject.js';
export * from './erasing.repository.js';
export * from './hold.js';
export * from './hold.repository.js';
export * from './replay-holds.js';
export { restrictHeld, restrictKept } from './restriction.repository.js';
export {
  countSubjects,
  findSubject,
  findSubjects,
  oldestSubjectSince,
  subjectsAfter,
} from './subject.repository.js';
export * from './replay-suppression.js';
export { SealedDocuments } from './sealed-documents.js';
export { SealedRecords } from './sealed-records.js';
export * from './in-chunks.js';
export * from './one-ahead.js';
export * from './open-subject.js';
export { SUPPRESSION } from './suppression.js';
export { countSubject, markErasing, removeSubject, unmarkErasing } from './subject.repository.js';
export { type ErasedSubject, suppressErased } from './suppress-erased.js';
export * from './subjects.module.js';
export * from './sweep-uploads.js';
export * from './identity-elements.js';
