import { type Id, type TenantId, type WorkId } from '@personr/kernel';
import { type RelayTx } from '@personr/tenancy';
import { type DueWork, type WorkKind } from './work.js';

/** At what instant to look, how many rows to take at most, and after how long an unanswered bell rings again. */
export type DueQuery = { readonly now: Date; readonly limit: number; readonly ringAgainSeconds: number };

/**
 * Returns work that is due, not done and not leased, oldest first, and notes that the bell was rung for it.
 * A row that nobody then takes comes back after `ringAgainSeconds`: a bell that was lost costs only that.
 */
export async function listDueWork(
  tx: RelayTx,
  { now, limit, ringAgainSeconds }: DueQuery,
): Promise<DueWork[]> {
  const ringBefore = new Date(now.getTime() - ringAgainSeconds * 1000);
  const rows = await tx.$queryRaw<
    { tenant_id: TenantId; id: WorkId; kind: WorkKind; reference_id: Id<string> }[]
  >`
    with rung as (
      update work set rung_at = ${now}
       where (tenant_id, id) in (
         select tenant_id, id from work
          where done_at is null and due_at <= ${now}
            and (leased_until is null or leased_until <= ${now})
            and (rung_at is null or rung_at <= ${ringBefore})
          order by due_at limit ${limit} for update skip locked)
      returning tenant_id, id, kind, reference_id, due_at)
    select tenant_id::text, id::text, kind, reference_id::text from rung order by due_at`;
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    workId: row.id,
    kind: row.kind,
    referenceId: row.reference_id,
  }));
}
