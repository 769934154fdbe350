import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log: counts, and from where on the log was lacking. */
export type RestoreEvent = AuditEvent<'restore.performed'>;
