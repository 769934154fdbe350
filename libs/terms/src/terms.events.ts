import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log: ids, codes, dates. Never a name. */
export type TermsEvent = AuditEvent<
  | 'agreement.added'
  | 'agreement.ended'
  | 'purpose.ended'
  | 'notice.added'
  | 'policy.changed'
  | 'instructor.added'
  | 'instructor.revoked'
>;
