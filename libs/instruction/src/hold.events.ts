import { type AuditEvent } from '@personr/audit';

/** What the log says of holds. */
export type HoldEvent = AuditEvent<'hold.placed' | 'hold.released' | 'hold.expired'>;
