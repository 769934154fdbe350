import { Injectable } from '@nestjs/common';
import { type TenantId } from '@personr/kernel';
import { type RelayTx, type TenantTx } from '@personr/tenancy';

/**
 * What is wrong with a log: entries, tiles and checkpoint do not make one tree; or there may be two trees of one
 * size, so that nothing is signed any more.
 */
export type LogAlarm = 'AUDIT_CHAIN_BROKEN' | 'LOG_FORKED';

/** Logs that something is wrong with, of each kind so many. */
export type LogAlarms = ReadonlyMap<LogAlarm, number>;

/** Notes that something is wrong with the tenant's log, and says whether that is news. It stays until `clearAlarm`; a fork outranks a broken chain. */
export async function raiseAlarm(
  tx: TenantTx,
  { alarm, at, position = null }: { alarm: LogAlarm; at: Date; position?: number | null },
): Promise<boolean> {
  const raised = await tx.bulk`
    insert into log_watch (tenant_id, alarm, alarm_at, alarm_position)
    values (${tx.tenantId}, ${alarm}, ${at.toISOString()}, ${position})
    on conflict (tenant_id) do update
      set alarm = excluded.alarm, alarm_at = excluded.alarm_at, alarm_position = excluded.alarm_position
    where log_watch.alarm is null or (log_watch.alarm <> 'LOG_FORKED' and excluded.alarm = 'LOG_FORKED')
    returning tenant_id`;
  return raised.length === 1;
}

/** What is wrong with the tenant's log, or null. */
export async function readAlarm(tx: TenantTx): Promise<LogAlarm | null> {
  const [row] = await tx.bulk`select alarm from log_watch where tenant_id = ${tx.tenantId}`;
  return (row?.alarm ?? null) as LogAlarm | null;
}

/** A person has looked: the log holds. */
export async function clearAlarm(tx: TenantTx): Promise<void> {
  await tx.bulk`
    update log_watch set alarm = null, alarm_at = null, alarm_position = null where tenant_id = ${tx.tenantId}`;
}

/** Notes that the newest entries are looked at. */
export async function noteTail(tx: TenantTx, at: Date): Promise<void> {
  await tx.bulk`
    insert into log_watch (tenant_id, tail_checked_at) values (${tx.tenantId}, ${at.toISOString()})
    on conflict (tenant_id) do update set tail_checked_at = excluded.tail_checked_at`;
}

/** Where the round over all entries goes on. */
export async function readRound(tx: TenantTx): Promise<number> {
  const [row] = await tx.bulk`select next_position from log_watch where tenant_id = ${tx.tenantId}`;
  return Number(row?.next_position ?? 0);
}

/** Notes how far the round over all entries has come; its last part begins the next one at the first entry. */
export async function noteRound(
  tx: TenantTx,
  { from, to, isLast, at }: { from: number; to: number; isLast: boolean; at: Date },
): Promise<void> {
  const now = at.toISOString();
  await tx.bulk`
    insert into log_watch (tenant_id, next_position, round_begun_at, round_ended_at)
    values (${tx.tenantId}, ${isLast ? 0 : to}, ${now}, ${isLast ? now : null})
    on conflict (tenant_id) do update
      set next_position = excluded.next_position,
          round_begun_at = case when ${from === 0}::boolean then excluded.round_begun_at else log_watch.round_begun_at end,
          round_ended_at = coalesce(excluded.round_ended_at, log_watch.round_ended_at)`;
}

/** When the tenants' logs were looked through, and what is wrong with them. */
@Injectable()
export class LogWatch {
  /** How many logs have an alarm, of each kind; empty when all is well. */
  async alarms(tx: RelayTx): Promise<LogAlarms> {
    const rows = await tx.$queryRaw<{ alarm: LogAlarm; logs: number }[]>`
      select alarm, count(*)::int as logs from log_watch where alarm is not null group by alarm order by alarm`;
    return new Map(rows.map(({ alarm, logs }) => [alarm, logs]));
  }

  /**
   * Logs that grew since `activeSince`, or were never looked at, and whose newest entries were looked at before
   * `checkedBefore`; those that wait longest first.
   */
  async tailsDue(
    tx: RelayTx,
    { activeSince, checkedBefore, limit }: { activeSince: Date; checkedBefore: Date; limit: number },
  ): Promise<TenantId[]> {
    const rows = await tx.$queryRaw<{ tenant_id: TenantId }[]>`
      select h.tenant_id::text from log_head h left join log_watch w on w.tenant_id = h.tenant_id
       where h.size > 0 and (w.tail_checked_at is null or (h.updated_at >= ${activeSince} and w.tail_checked_at < ${checkedBefore}))
       order by w.tail_checked_at nulls first limit ${limit}`;
    return rows.map((row) => row.tenant_id);
  }

  /** Logs in the middle of a round over all their entries, or whose last began before `begunBefore`; those in the middle first. */
  async roundsDue(
    tx: RelayTx,
    { begunBefore, limit }: { begunBefore: Date; limit: number },
  ): Promise<TenantId[]> {
    const rows = await tx.$queryRaw<{ tenant_id: TenantId }[]>`
      select h.tenant_id::text from log_head h left join log_watch w on w.tenant_id = h.tenant_id
       where h.size > 0 and (w.round_begun_at is null or w.round_begun_at < ${begunBefore}
              or w.round_ended_at is null or w.round_ended_at < w.round_begun_at)
       order by w.round_ended_at >= w.round_begun_at, w.round_begun_at nulls last limit ${limit}`;
    return rows.map((row) => row.tenant_id);
  }
}
