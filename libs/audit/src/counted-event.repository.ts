import { type ApiClientId, type TenantId } from '@personr/kernel';
import { type BulkRow, type RelayTx, type TenantTx } from '@personr/tenancy';
import { type Count, keyOfCount } from './counted-event.js';

/**
 * Adds these counts, each of another key, to those there are. Returns how many there are now, by key. Rows are locked in
 * the order of their keys, so that two who add never wait for each other in a ring.
 */
export async function addCounts(
  tx: TenantTx,
  counts: readonly Count[],
): Promise<ReadonlyMap<string, number>> {
  const ordered = counts
    .map((count) => ({ key: keyOfCount(count), count }))
    .sort((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ count }) => count);
  const rows = await tx.bulk`
    insert into counted_event as held (tenant_id, event, client_id, route, code, from_at, until_at, known, singly, count)
    select ${tx.tenantId}::uuid, new.*
      from unnest(${ordered.map(({ event }) => event)}::text[], ${ordered.map(({ clientId }) => clientId)}::uuid[],
                  ${ordered.map(({ route }) => route)}::text[], ${ordered.map(({ code }) => code)}::text[],
                  ${ordered.map(({ fromAt }) => fromAt)}::timestamptz[],
                  ${ordered.map(({ untilAt }) => untilAt)}::timestamptz[],
                  ${ordered.map(({ known }) => known)}::boolean[], ${ordered.map(({ singly }) => singly)}::int[],
                  ${ordered.map(({ count }) => count)}::int[]) as new
    on conflict (tenant_id, event, client_id, route, code, from_at)
    do update set count = held.count + excluded.count
    returning event, client_id, route, code, from_at, until_at, known, singly, count`;
  return new Map(rows.map(toCount).map((count) => [keyOfCount(count), count.count]));
}

/** Takes away up to `limit` counts of intervals that are over. What is added from now on begins a count of its own. */
export async function takeOver(tx: TenantTx, now: Date, limit: number): Promise<Count[]> {
  const rows = await tx.bulk`
    with over as (select event, client_id, route, code, from_at from counted_event
                   where tenant_id = ${tx.tenantId} and until_at <= ${now.toISOString()}::timestamptz
                   order by event, client_id, route, code, from_at limit ${limit} for update)
    delete from counted_event held using over
     where held.tenant_id = ${tx.tenantId} and held.event = over.event and held.client_id = over.client_id
       and held.route = over.route and held.code = over.code and held.from_at = over.from_at
    returning held.event, held.client_id, held.route, held.code, held.from_at, held.until_at, held.known, held.singly,
              held.count`;
  return rows.map(toCount);
}

/** Tenants with counts of intervals that are over. */
export async function tenantsWithOver(tx: RelayTx, now: Date, limit: number): Promise<TenantId[]> {
  const rows = await tx.$queryRaw<{ tenantId: TenantId }[]>`
    select tenant_id::text as "tenantId" from counted_event
     where until_at <= ${now} group by tenant_id order by min(until_at) limit ${limit}`;
  return rows.map(({ tenantId }) => tenantId);
}

const toCount = (row: BulkRow): Count => ({
  event: row.event as string,
  clientId: row.client_id as ApiClientId,
  route: row.route as string,
  code: row.code as string,
  fromAt: row.from_at as Date,
  untilAt: row.until_at as Date,
  known: row.known as boolean,
  singly: row.singly as number,
  count: row.count as number,
});
