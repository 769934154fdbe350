import { type Id, type TenantId, type WorkId } from '@personr/kernel';
import { type RelayTx } from '@personr/tenancy';
import { type DueWork, type TenantLane, type WorkKind, type WorkLane } from './work.js';

/**
 * At what instant to look, how many rows of each lane to take at most, after how long an unanswered bell rings
 * again, and for whom none rings now.
 */
export type DueQuery = {
  readonly now: Date;
  readonly room: Readonly<Record<WorkLane, number>>;
  readonly ringAgainSeconds: number;
  readonly hushed?: readonly TenantLane[];
};

type Row = { tenant_id: TenantId; id: WorkId; kind: WorkKind; lane: WorkLane; reference_id: Id<string> };

/**
 * Returns work that is due, not done and not leased, and notes that the bell was rung for it. Of a tenant's lane it is
 * one row, what has been due longest: whoever takes it takes its like along, up to a hundred. A row that nobody then takes
 * comes back after `ringAgainSeconds`: a bell that was lost costs only that, and the rest of the lease of whoever died
 * holding it.
 */
export async function listDueWork(
  tx: RelayTx,
  { now, room, ringAgainSeconds, hushed = [] }: DueQuery,
): Promise<DueWork[]> {
  const ringBefore = new Date(now.getTime() - ringAgainSeconds * 1000);
  const rows = await tx.$queryRaw<Row[]>`
    with recursive asked as (
      select key as lane, value::int as room from jsonb_each(${JSON.stringify(room)}::jsonb) where value::int > 0),
    waiting as (
      select lane, (select w.tenant_id from work w where w.done_at is null and w.lane = a.lane
                     order by w.tenant_id limit 1) as tenant_id from asked a
      union all
      select lane, (select w.tenant_id from work w where w.done_at is null and w.lane = t.lane
                       and w.tenant_id > t.tenant_id order by w.tenant_id limit 1)
        from waiting t where t.tenant_id is not null),
    candidate as (
      select due.*, row_number() over (partition by due.lane order by due.due_at, due.id) as place
        from waiting t cross join lateral (
          select w.lane, w.tenant_id, w.id, w.due_at from work w
           where w.lane = t.lane and w.tenant_id = t.tenant_id and w.done_at is null and w.due_at <= ${now}
             and (w.leased_until is null or w.leased_until <= ${now})
             and (w.rung_at is null or w.rung_at <= ${ringBefore})
           order by w.due_at limit 1) due
       where (t.lane, t.tenant_id) not in (
         select lane, "tenantId" from jsonb_to_recordset(${JSON.stringify(hushed)}::jsonb)
                as h (lane text, "tenantId" uuid))),
    rung as (
      update work set rung_at = ${now}
       where (tenant_id, id) in (
         select w.tenant_id, w.id from work w join candidate using (tenant_id, id) join asked on asked.lane = candidate.lane
          where candidate.place <= asked.room and (w.rung_at is null or w.rung_at <= ${ringBefore})
            for update of w skip locked)
      returning tenant_id, id, kind, reference_id)
    select tenant_id::text, id::text, kind, lane, reference_id::text
      from rung join candidate using (tenant_id, id) order by lane, place`;
  return rows.map(toDueWork);
}

const toDueWork = (row: Row): DueWork => ({
  tenantId: row.tenant_id,
  workId: row.id,
  kind: row.kind,
  lane: row.lane,
  referenceId: row.reference_id,
});
