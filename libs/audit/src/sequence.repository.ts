import { type TenantId } from '@personr/kernel';
import { type Tile } from '@personr/proof';
import { type BulkRow, type RelayTx } from '@personr/tenancy';
import { type Batch, type PendingEntry } from './batch.js';
import { namesIn } from './entry-names.js';
import { type LogHead, type SignedHead, toPending } from './log.repository.js';
import { type LogAlarm } from './log-watch.js';

/** The head of a log of one of many tenants, and what is wrong with that log. */
export type OwnedHead = LogHead & { readonly tenantId: TenantId; readonly alarm: LogAlarm | null };

/** READ leaves heads alone; PASS locks those that nobody holds and gives no others; WAIT locks all. */
export type HeadLock = 'READ' | 'PASS' | 'WAIT';

/** The heads of these tenants' logs, of those that have one. What is locked stays so until the transaction ends. */
export async function headsOf(
  tx: RelayTx,
  tenants: readonly TenantId[],
  how: HeadLock,
): Promise<OwnedHead[]> {
  const rows = await tx.bulk`
    select tenant_id as "tenantId", origin, size, root, checkpoint, keys, horizon, alarm
      from sequence_heads(${tenants}::uuid[], ${how})`;
  return rows.map((row) => ({
    ...(row as OwnedHead),
    size: Number(row.size),
    horizon: Number(row.horizon),
  }));
}

/** The oldest entries without a place, of each of these logs at most so many. */
export async function waitingOf(
  tx: RelayTx,
  tenants: readonly TenantId[],
  most: number,
): Promise<Map<TenantId, PendingEntry[]>> {
  const rows = await tx.bulk`
    select tenant_id, id, entry, opening from sequence_waiting(${tenants}::uuid[], ${most}::int)`;
  return byTenant(rows, toPending);
}

/** Those of these entries of one log that are without a place. */
export async function foundOf(tx: RelayTx, tenantId: TenantId, batch: Batch): Promise<PendingEntry[]> {
  const ids = batch.entries.map(({ id }) => id);
  const rows = await tx.bulk`
    select id, entry, opening from sequence_found(${tenantId}::uuid, ${ids}::uuid[])`;
  return rows.map(toPending);
}

/** A tile at the right edge of a tree, as wide as it has grown. */
export type Edge = Omit<Tile, 'width'>;

/** The tiles at the right edge of each of these logs. */
export async function edgesOf(tx: RelayTx, tenants: readonly TenantId[]): Promise<Map<TenantId, Edge[]>> {
  const rows = await tx.bulk`
    select tenant_id, level, position, hashes from sequence_edges(${tenants}::uuid[])`;
  return byTenant(rows, ({ level, position, hashes }) => ({
    level: level as number,
    index: Number(position),
    hashes: hashes as Uint8Array,
  }));
}

/** A batch that was recorded as signed, every tile that it changes, and the head that it leads to. */
export type Placing = {
  readonly batch: Batch;
  readonly tiles: readonly Tile[];
  readonly signed: SignedHead;
};

/**
 * Gives the entries of each batch their places, as they wait, and moves tiles and head of each log along. All or none: throws
 * when an entry does not wait any more, a head is not where its batch begins, or a tile would become another.
 */
export async function commitPlacings(tx: RelayTx, placings: readonly Placing[], at: Date): Promise<void> {
  const owned = placings.flatMap(({ batch: { tenantId, entries } }) =>
    entries.map(({ id, entry }) => ({ tenantId, id, names: namesIn(entry) })),
  );
  const tiles = placings.flatMap(({ batch: { tenantId }, tiles: own }) =>
    own.map((tile) => ({ tenantId, ...tile })),
  );
  await tx.bulk`
    select sequence_commit(
      ${placings.map(({ batch }) => batch.tenantId)}::uuid[], ${placings.map(({ batch }) => batch.before.size)}::bigint[],
      ${placings.map(({ signed }) => signed.size)}::bigint[], ${placings.map(({ signed }) => signed.root)}::bytea[],
      ${placings.map(({ signed }) => signed.checkpoint)}::text[],
      ${placings.map(({ signed }) => JSON.stringify(signed.keys))}::text[], ${at.toISOString()}::timestamptz,
      ${owned.map(({ tenantId }) => tenantId)}::uuid[], ${owned.map(({ id }) => id)}::uuid[],
      ${owned.map(({ names }) => names.event)}::text[], ${owned.map(({ names }) => names.instructionId)}::uuid[],
      ${owned.map(({ names }) => names.subjectRef)}::text[], ${owned.map(({ names }) => names.actor)}::text[],
      ${owned.map(({ names }) => names.outcome)}::text[],
      ${tiles.map(({ tenantId }) => tenantId)}::uuid[], ${tiles.map(({ level }) => level)}::int[],
      ${tiles.map(({ index }) => index)}::bigint[], ${tiles.map(({ hashes }) => hashes)}::bytea[])`;
}

function byTenant<T>(rows: readonly BulkRow[], read: (row: BulkRow) => T): Map<TenantId, T[]> {
  const found = new Map<TenantId, T[]>();
  for (const row of rows) {
    const tenantId = row.tenant_id as TenantId;
    const own = found.get(tenantId);
    if (own === undefined) found.set(tenantId, [read(row)]);
    else own.push(read(row));
  }
  return found;
}
