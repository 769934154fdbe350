import { type TenantId, type WorkId } from '@personr/kernel';
import { WORK_LANES, type WorkLane } from '@personr/work';

/** The queue of a lane. Bull is only a bell: the work itself is in PostgreSQL. */
export const queueOf = (lane: WorkLane): string => `work-${lane.toLowerCase()}`;

/** A queue for each lane. */
export const QUEUES = WORK_LANES.map(queueOf);

/** How many bells of a lane are answered at once: what comes by the thousand never takes every hand. */
export const HANDS: Readonly<Record<WorkLane, number>> = { URGENT: 2, INTERACTIVE: 4, BULK: 2 };

/** How many of those hands may build a package at once: looking into pictures takes seconds, and what erases is not to wait for it. */
export const EXPORTS: Readonly<Record<WorkLane, number>> = { URGENT: 1, INTERACTIVE: 2, BULK: 1 };

/** All that a job ever holds. Ids, no personal data. */
export type WorkJob = { readonly tenantId: TenantId; readonly workId: WorkId };
