import { type AuditEvent } from '@personr/audit';
import { type SteppedExecution } from './execution.js';

/** What this room reports to the log. `instruction.closed` is the entry a receipt rests on, `receipt.completed` one that a later edition does. */
export type ExecutionEvent = AuditEvent<
  | 'erasure.started'
  | 'instruction.sequenced'
  | 'instruction.released'
  | 'package.started'
  | 'package.sealed'
  | 'package.blocked'
  | 'transfer.sent'
  | 'transfer.failed'
  | 'erasure.held'
  | 'subject-key.shredded'
  | 'tenant-root.destroyed'
  | 'erasure.residue_found'
  | 'objects.swept'
  | 'erasure.verified'
  | 'instruction.closed'
  | 'receipt.completed'
>;

/** The machine itself acted. */
export const SYSTEM = { kind: 'SYSTEM' } as const;

/** The event as an entry about this execution. */
export const entryOf = (
  { instruction: { id: instructionId, subjectRef, policyVersion } }: Pick<SteppedExecution, 'instruction'>,
  event: ExecutionEvent,
): ExecutionEvent => ({ ...event, instructionId, subjectRef, policyVersion });
