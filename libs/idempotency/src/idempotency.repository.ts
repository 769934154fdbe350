import { type Id } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type EarlierAnswer, type IdempotentRequest } from './idempotent-request.js';

/** An answer with the fingerprint of the request that it was given to. */
export type Kept = EarlierAnswer & { readonly fingerprint: Uint8Array };

/** An answer to be kept. */
export type Finished = { readonly request: IdempotentRequest; readonly answer: EarlierAnswer };

/**
 * Takes the place of each of these requests until the transaction ends, without waiting for anybody. Says of each
 * whether it got it. Yesterday's name is locked too, so that two requests on either side of midnight still meet.
 */
export async function takePlaces(tx: TenantTx, requests: readonly IdempotentRequest[]): Promise<boolean[]> {
  const today = requests.map(({ tag }) => lockOf(tag.today));
  const yesterday = requests.map(({ tag }) => lockOf(tag.yesterday ?? tag.today));
  const rows = await tx.bulk`
    select pg_try_advisory_xact_lock(today) and pg_try_advisory_xact_lock(yesterday) as taken
      from unnest(${today}::bigint[], ${yesterday}::bigint[]) with ordinality as name (today, yesterday, place)
     order by place`;
  return rows.map(({ taken }) => taken === true);
}

/**
 * What is kept of each of these requests' keys, or null. Each is looked up by the primary key, whatever the server's
 * statistics say: of a table that grew since they were made it would rather read every row of the tenant.
 */
export async function findKept(
  tx: TenantTx,
  requests: readonly IdempotentRequest[],
): Promise<(Kept | null)[]> {
  const tags = requests.flatMap(({ tag }) =>
    tag.yesterday === null ? [tag.today] : [tag.today, tag.yesterday],
  );
  const rows = await tx.bulk`
    select kept.* from unnest(${tags}::bytea[]) as asked (tag) cross join lateral (
      select tag, fingerprint, resource_ids::text[] as "resourceIds", status from idempotency
       where tenant_id = ${tx.tenantId} and tag = asked.tag limit 1) as kept`;
  const byTag = new Map(rows.map((row) => [hex(row.tag as Buffer), row]));
  return requests.map(({ tag }) => {
    const row =
      byTag.get(hex(tag.today)) ?? (tag.yesterday === null ? undefined : byTag.get(hex(tag.yesterday)));
    return row === undefined ? null : toKept(row);
  });
}

/** Keeps these answers. */
export async function insertKept(
  tx: TenantTx,
  finished: readonly Finished[],
  { createdAt, expiresAt }: { createdAt: Date; expiresAt: Date },
): Promise<void> {
  await tx.bulk`
    insert into idempotency (tenant_id, tag, fingerprint, resource_ids, status, created_at, expires_at)
    select ${tx.tenantId}::uuid, tag, fingerprint, resource_ids::uuid[], status,
           ${createdAt}::timestamptz, ${expiresAt}::timestamptz
      from unnest(${finished.map(({ request }) => request.tag.today)}::bytea[],
                  ${finished.map(({ request }) => request.fingerprint.today)}::bytea[],
                  ${finished.map(({ answer }) => `{${answer.resourceIds.join()}}`)}::text[],
                  ${finished.map(({ answer }) => answer.status)}::int[])
        as new (tag, fingerprint, resource_ids, status)`;
}

/** Removes up to `limit` answers whose time is over, the oldest first, and returns how many it removed. */
export async function removeExpired(
  tx: TenantTx,
  { now, limit }: { readonly now: Date; readonly limit: number },
): Promise<number> {
  const rows = await tx.bulk`
    delete from idempotency where tenant_id = ${tx.tenantId} and tag = any(array(
      select tag from idempotency where tenant_id = ${tx.tenantId} and expires_at <= ${now.toISOString()}::timestamptz
       order by expires_at limit ${limit})) returning 1`;
  return rows.length;
}

/** Where a request that is being answered has its place, today's name first, and who has it. */
export type LongPlace = { readonly tags: readonly Uint8Array[]; readonly holder: Id<'holder'> };

/** Takes a place, or keeps it, until an instant; false while another has it. */
export async function takeLong(
  tx: TenantTx,
  { tags, holder, now, until }: LongPlace & { readonly now: Date; readonly until: Date },
): Promise<boolean> {
  await tx.bulk`
    delete from idempotency where tenant_id = ${tx.tenantId} and tag = any(${tags}::bytea[])
       and (expires_at <= ${now}::timestamptz or resource_ids = array[${holder}::uuid])`;
  const rows = await tx.bulk`
    insert into idempotency (tenant_id, tag, fingerprint, resource_ids, status, created_at, expires_at)
    select ${tx.tenantId}::uuid, ${tags[0]}::bytea, ${tags[0]}::bytea, array[${holder}::uuid], ${LONG}::int,
           ${now}::timestamptz, ${until}::timestamptz
     where not exists (select from idempotency
                        where tenant_id = ${tx.tenantId} and tag = any(${tags}::bytea[]))
    on conflict do nothing returning status`;
  return rows.length === 1;
}

/** Gives a place free, if it still is the holder's. */
export async function endLong(tx: TenantTx, { tags, holder }: LongPlace): Promise<void> {
  await tx.bulk`
    delete from idempotency where tenant_id = ${tx.tenantId} and tag = any(${tags}::bytea[])
       and resource_ids = array[${holder}::uuid]`;
}

/** What stands for the status of what has none yet. RFC 2518, section 10.1: processing. */
const LONG = 102;

const toKept = (row: Readonly<Record<string, unknown>>): Kept => ({
  fingerprint: row.fingerprint as Buffer,
  resourceIds: row.resourceIds as Id<string>[],
  status: row.status as number,
});

const lockOf = (mac: Uint8Array): string => Buffer.from(mac).readBigInt64BE(0).toString();

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
