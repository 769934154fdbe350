import { type AuditEvent } from './audit-event.js';

/** What an operator of ours does with the whole house: each tenant's log says so, whatever was found. */
export type OperationEvent = AuditEvent<
  'backup.declared' | 'backup.drilled' | 'keyring.checked' | 'keyring.founded' | 'tenant.swept'
>;
