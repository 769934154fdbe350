import { DomainError, type Id, type WorkId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type Lease, type WorkKind, type WorkLane } from './work.js';

/** What work goes along with what: its like, in the same lane. */
export type WorkSort = { readonly kind: WorkKind; readonly lane: WorkLane };

/** What sort of work this is, done or not. Null when there is no such work. */
export async function findSort(tx: TenantTx, workId: WorkId): Promise<WorkSort | null> {
  const [row] =
    await tx.bulk`select kind, lane from work where tenant_id = ${tx.tenantId} and id = ${workId}::uuid`;
  return row === undefined ? null : { kind: row.kind as WorkKind, lane: row.lane as WorkLane };
}

const after = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);

/**
 * Takes up to `limit` pieces of the tenant's work of this sort, those due longest first. Leaves alone, without waiting, what
 * somebody else is taking.
 */
export async function leaseAlong(
  tx: TenantTx,
  { kind, lane, leaseSeconds }: WorkSort & Pick<Lease, 'leaseSeconds'>,
  { now, limit }: { now: Date; limit: number },
): Promise<Lease[]> {
  if (limit <= 0) return [];
  const at = now.toISOString();
  const rows = await tx.bulk`
    with due as (
      select id from work
       where tenant_id = ${tx.tenantId} and kind = ${kind} and lane = ${lane} and done_at is null and due_at <= ${at}::timestamptz
         and (leased_until is null or leased_until <= ${at}::timestamptz)
       order by due_at, id limit ${limit} for update skip locked)
    update work set fence = fence + 1, leased_until = ${after(now, leaseSeconds).toISOString()}::timestamptz
      from due where work.tenant_id = ${tx.tenantId} and work.id = due.id
    returning work.id, reference_id, fence, attempts + 1 as attempts`;
  return rows.map((row) => ({
    tenantId: tx.tenantId,
    workId: row.id as WorkId,
    kind,
    lane,
    referenceId: row.reference_id as Id<string>,
    fence: row.fence as number,
    attempts: row.attempts as number,
    leaseSeconds,
  }));
}

/** As `holdLease`, for several of one tenant. Throws `LEASE_LOST` when one of them is no longer ours. */
export async function holdLeases(tx: TenantTx, leases: readonly Lease[], now: Date): Promise<void> {
  const [first] = leases;
  if (first === undefined) return;
  const rows = await tx.bulk`
    update work set leased_until = ${after(now, first.leaseSeconds).toISOString()}::timestamptz
      from unnest(${leases.map(({ workId }) => workId)}::uuid[], ${leases.map(({ fence }) => fence)}::int[]) as held (id, fence)
     where work.tenant_id = ${tx.tenantId} and work.id = held.id and work.fence = held.fence and work.done_at is null
    returning work.id`;
  if (rows.length !== leases.length) throw lost();
}

/** As `completeWork`, for several of one tenant, by one statement. Throws `LEASE_LOST`; then none has ended. */
export async function completeWorks(tx: TenantTx, leases: readonly Lease[], now: Date): Promise<void> {
  if (leases.length === 0) return;
  const rows = await tx.bulk`
    update work set done_at = ${now.toISOString()}::timestamptz, leased_until = null, last_code = null
      from unnest(${leases.map(({ workId }) => workId)}::uuid[], ${leases.map(({ fence }) => fence)}::int[]) as held (id, fence)
     where work.tenant_id = ${tx.tenantId} and work.id = held.id and work.fence = held.fence and work.done_at is null
    returning work.id`;
  if (rows.length !== leases.length) throw lost();
}

/** Makes work that has ended due again. Work that is under way stays as it is: returns false. */
export async function wakeWork(
  tx: TenantTx,
  { kind, referenceId, dueAt }: { kind: WorkKind; referenceId: Id<string>; dueAt: Date },
): Promise<boolean> {
  const rows = await tx.bulk`
    update work set done_at = null, due_at = ${dueAt.toISOString()}::timestamptz, leased_until = null, rung_at = null,
                    attempts = 0
     where tenant_id = ${tx.tenantId} and kind = ${kind} and reference_id = ${referenceId} and done_at is not null
    returning id`;
  return rows.length > 0;
}

const lost = (): DomainError => new DomainError('LEASE_LOST', 'Another worker has taken this work over.');
