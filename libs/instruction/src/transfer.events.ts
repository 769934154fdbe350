import { type AuditEvent } from '@personr/audit';

/** What is reported of transfers once they were sent. */
export type TransferEvent = AuditEvent<
  'transfer.acknowledged' | 'transfer.mismatch' | 'transfer.ack_overdue'
>;
