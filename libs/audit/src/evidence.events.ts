import { type AuditEvent } from './audit-event.js';

/**
 * What this room reports to the log: that somebody read it. A page of entries, a pack, or that a client began to take
 * checkpoints, tiles or bundles in some hour; at its end, how many more those were.
 */
export type EvidenceEvent = AuditEvent<'evidence.read'>;
