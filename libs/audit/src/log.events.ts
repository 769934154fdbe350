import { type AuditEvent } from './audit-event.js';

/** What a log says of itself: the keys that sign it, and that it was found broken. */
export type LogEvent = AuditEvent<'log-key.added' | 'log-key.retired' | 'log.broken'>;
