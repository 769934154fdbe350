import { type Id, type TenantId, type WorkId } from '@personr/kernel';

/** What kinds of thing can be to do. */
export type WorkKind = 'EXECUTE_INSTRUCTION' | 'END_HOLD' | 'REMIND_TRANSFER';

/** The lanes that work waits in, those first that others must not keep waiting. */
export const WORK_LANES = ['URGENT', 'INTERACTIVE', 'BULK'] as const;

/** Nobody in one lane waits for those in another: what somebody waits for, and what came by the thousand, go side by side. */
export type WorkLane = (typeof WORK_LANES)[number];

/** What waits for one tenant in one lane. */
export type TenantLane = { readonly lane: WorkLane; readonly tenantId: TenantId };

/** A row that is due, as the relay sees it: ids only. */
export type DueWork = {
  readonly lane: WorkLane;
  readonly tenantId: TenantId;
  readonly workId: WorkId;
  readonly kind: WorkKind;
  readonly referenceId: Id<string>;
};

/**
 * The right to do one piece of work until `until`. `fence` grows with every lease of the row, so a holder
 * whose lease was taken over is recognised by the database, not by its own clock.
 */
export type Lease = {
  readonly tenantId: TenantId;
  readonly workId: WorkId;
  readonly kind: WorkKind;
  readonly lane: WorkLane;
  readonly referenceId: Id<string>;
  readonly fence: number;
  /** How often it was given back, and this time: a holder that died gave nothing back. */
  readonly attempts: number;
  readonly leaseSeconds: number;
};
