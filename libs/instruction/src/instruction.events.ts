import { type AuditEvent } from '@personr/audit';

/** What this room reports to the log. The names of transitions are those of the life-cycle table. */
export type InstructionEvent = AuditEvent<'instruction.accepted' | 'instruction.refused'>;
