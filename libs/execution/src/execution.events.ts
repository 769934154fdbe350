import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log. `instruction.closed` is the entry a receipt rests on. */
export type ExecutionEvent = AuditEvent<
  | 'erasure.started'
  | 'subject-key.shredded'
  | 'erasure.residue_found'
  | 'erasure.verified'
  | 'instruction.closed'
>;
