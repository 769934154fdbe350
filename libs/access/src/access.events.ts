import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log. */
export type AccessEvent = AuditEvent<'tenant.onboarded' | 'api-client.registered'>;
