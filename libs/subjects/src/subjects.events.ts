import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log: counts and element names, never values. */
export type SubjectEvent = AuditEvent<
  | 'subject.admitted'
  | 'records.added'
  | 'values.read'
  | 'document.added'
  | 'document.read'
  | 'consent.given'
  | 'consent.withdrawn'
  | 'intake.suppressed'
>;
