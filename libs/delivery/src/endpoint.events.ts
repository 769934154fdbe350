import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log: ids, kinds, reasons. Never an address, a name or a code. */
export type EndpointEvent = AuditEvent<
  'endpoint.registered' | 'endpoint.challenged' | 'endpoint.proved' | 'endpoint.revoked'
>;
