import { DomainError, type Id, type WorkId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Lease, type WorkKind, type WorkLane } from './work.js';

/** Which work to lease, at what instant, for how long. */
export type LeaseRequest = { readonly workId: WorkId; readonly now: Date; readonly leaseSeconds: number };

type LeasedRow = {
  kind: WorkKind;
  lane: WorkLane;
  reference_id: Id<string>;
  fence: number;
  attempts: number;
};

const after = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/** Takes the work if it is due, not done and not leased by another. Returns null when it is not to be had. */
export async function leaseWork(
  tx: TenantTx,
  { workId, now, leaseSeconds }: LeaseRequest,
): Promise<Lease | null> {
  const rows = await tx.$queryRaw<LeasedRow[]>`
    update work
       set fence = fence + 1, leased_until = ${after(now, leaseSeconds)}
     where tenant_id = ${tx.tenantId}::uuid and id = ${workId}::uuid
       and done_at is null and due_at <= ${now} and (leased_until is null or leased_until <= ${now})
    returning kind, lane, reference_id::text, fence, attempts + 1 as attempts`;
  const row = rows[0];
  if (row === undefined) return null;
  const { kind, lane, reference_id: referenceId, fence, attempts } = row;
  return { tenantId: tx.tenantId, workId, kind, lane, referenceId, fence, attempts, leaseSeconds };
}

/**
 * Proves, in the caller's transaction, that the lease is still ours, and renews it. The row stays locked until
 * the transaction ends, so nobody takes over in between. Throws `LEASE_LOST` when somebody has.
 */
export async function holdLease(tx: TenantTx, lease: Lease, now: Date): Promise<void> {
  const { count } = await tx.work.updateMany({
    where: { tenantId: tx.tenantId, id: lease.workId, fence: lease.fence, doneAt: null },
    data: { leasedUntil: after(now, lease.leaseSeconds) },
  });
  if (count === 0) throw new DomainError('LEASE_LOST', 'Another worker has taken this work over.');
}

/** Ends the work in the caller's transaction. Throws `LEASE_LOST` when the lease is no longer ours. */
export async function completeWork(tx: TenantTx, lease: Lease, now: Date): Promise<void> {
  await holdLease(tx, lease, now);
  await tx.work.updateMany({
    where: { tenantId: tx.tenantId, id: lease.workId },
    data: { doneAt: now, leasedUntil: null, lastCode: null },
  });
}

/** Gives the work back to be tried again at `dueAt`; `code` says why, for the operator. Throws `LEASE_LOST`. */
export async function postponeWork(
  tx: TenantTx,
  lease: Lease,
  { now, dueAt, code }: { now: Date; dueAt: Date; code: string },
): Promise<void> {
  await holdLease(tx, lease, now);
  await tx.work.updateMany({
    where: { tenantId: tx.tenantId, id: lease.workId },
    data: { dueAt, attempts: lease.attempts, leasedUntil: null, rungAt: null, lastCode: code },
  });
}
