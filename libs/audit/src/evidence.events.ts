import { type AuditEvent } from './audit-event.js';

/**
 * What this room reports to the log: that somebody read it. `evidence.read` is a page of entries, a pack, or that a client
 * began to take tiles and checkpoints in some hour; `evidence.counted` is how many those were.
 */
export type EvidenceEvent = AuditEvent<'evidence.read' | 'evidence.counted'>;
