import { type AuditEvent } from './audit-event.js';

/** The last entry of a log. */
export const LOG_ENDED = 'log.ended';

/** What a log says of itself: the keys that sign it, that it was found broken, and that it ends. */
export type LogEvent = AuditEvent<'log-key.added' | 'log-key.retired' | 'log.broken' | typeof LOG_ENDED>;
