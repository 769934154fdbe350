import { type Id, type TenantId, type WorkId } from '@personr/kernel';

/** What kinds of thing can be to do. */
export type WorkKind = 'EXECUTE_INSTRUCTION' | 'END_HOLD';

/** A row that is due, as the relay sees it: ids only. */
export type DueWork = {
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
  readonly referenceId: Id<string>;
  readonly fence: number;
  readonly attempts: number;
  readonly leaseSeconds: number;
};
