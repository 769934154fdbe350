import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log: ids, hashes and counts. */
export type PackageEvent = AuditEvent<'package.downloaded' | 'package.expired'>;
