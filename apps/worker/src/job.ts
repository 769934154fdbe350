import { type TenantId, type WorkId } from '@personr/kernel';

/** The one queue. Bull is only a bell: the work itself is in PostgreSQL. */
export const QUEUE = 'work';

/** All that a job ever holds. Ids, no personal data. */
export type WorkJob = { readonly tenantId: TenantId; readonly workId: WorkId };
