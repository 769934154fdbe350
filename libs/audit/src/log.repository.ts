import { DomainError, type EntryId, type InstructionId } from '@personr/kernel';
import { type TileReader } from '@personr/proof';
import { type BulkRow, type TenantTx } from '@personr/tenancy';
import { type PendingEntry } from './batch.js';
import { type LogKey } from './log-keys.js';
import { type EntryNames, namesIn } from './entry-names.js';
import { decodeOpening } from './openings.js';
import { type TreeHead } from './signed-heads.js';

/** How far a log goes. */
export type LogHead = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array<ArrayBuffer>;
  readonly checkpoint: string | null;
  /** The keys that the checkpoint was signed with, and those before them. */
  readonly keys: readonly LogKey[];
  /** The place of the first entry that is still here. */
  readonly horizon: number;
  /** The highest id of an entry that went; null when none did. */
  readonly horizonId?: EntryId | null;
};

type TileRow = { level: number; index: number; width: number; hashes: Uint8Array };

/** Reads the head and keeps others from moving it until the transaction ends. Null when no log was opened. */
export async function lockHead(tx: TenantTx): Promise<LogHead | null> {
  const [row] = await tx.bulk`
    select origin, size, root, checkpoint, keys, horizon from log_head where tenant_id = ${tx.tenantId} for update`;
  return row === undefined
    ? null
    : { ...(row as LogHead), size: Number(row.size), horizon: Number(row.horizon) };
}

/** Reads the head. Null when no log was opened. */
export async function readHead(tx: TenantTx): Promise<LogHead | null> {
  const row = await tx.logHead.findUnique({ where: { tenantId: tx.tenantId } });
  if (row === null) return null;
  return {
    ...row,
    size: Number(row.size),
    horizon: Number(row.horizon),
    horizonId: row.horizonId as EntryId | null,
    keys: row.keys as LogKey[],
  };
}

/** A head that was signed. */
export type SignedHead = TreeHead & { readonly checkpoint: string; readonly keys: readonly LogKey[] };

/** Moves the head from `size` to `next`; false when it was no longer there (compare-and-swap). */
export async function swapHead(
  tx: TenantTx,
  size: number,
  next: SignedHead & { readonly at: Date },
): Promise<boolean> {
  const moved = await tx.bulk`
    update log_head set size = ${next.size}, root = ${next.root}, checkpoint = ${next.checkpoint},
                        keys = ${JSON.stringify(next.keys)}::jsonb, updated_at = ${next.at.toISOString()}
     where tenant_id = ${tx.tenantId} and size = ${size} returning size`;
  return moved.length === 1;
}

/** Ends a log by an entry that has its place: nothing is appended any more. */
export async function endHead(tx: TenantTx, endedBy: EntryId, at: Date): Promise<void> {
  await tx.bulk`
    update log_head set ended_by = ${endedBy}, ending_at = coalesce(ending_at, ${at.toISOString()}::timestamptz)
     where tenant_id = ${tx.tenantId} and ended_by is null`;
}

/** The oldest entries of a tenant without a place, by id. */
export async function takePending(tx: TenantTx, limit: number): Promise<PendingEntry[]> {
  const rows = await tx.bulk`
    select id, entry, opening from audit_outbox where tenant_id = ${tx.tenantId} order by id limit ${limit}`;
  return rows.map(toPending);
}

/** Reads a row that has `id`, `entry` and `opening`. */
export function toPending({ id, entry, opening }: BulkRow): PendingEntry {
  return {
    id: id as EntryId,
    entry: entry as Buffer<ArrayBuffer>,
    opening: opening === null ? null : decodeOpening(opening as Buffer),
  };
}

/**
 * Gives entries their places from `position` on that another data database had given them, and removes them from the
 * outbox if they wait there.
 */
export async function adoptEntries(tx: TenantTx, position: number, entries: readonly Uint8Array[]) {
  const named = entries.map(namesIn);
  const ids = columnOf(named, 'id');
  await tx.bulk`
    with gone as (delete from audit_outbox where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[]))
    insert into log_entry (tenant_id, position, entry_id, event, instruction_id, entry, subject_ref, actor, outcome)
    select ${tx.tenantId}::uuid, ${position}::bigint + place - 1, new.id, event, instruction_id, entry,
           subject_ref, actor, outcome
      from unnest(${ids}::uuid[], ${columnOf(named, 'event')}::text[],
                  ${columnOf(named, 'instructionId')}::uuid[], ${entries}::bytea[],
                  ${columnOf(named, 'subjectRef')}::text[], ${columnOf(named, 'actor')}::text[],
                  ${columnOf(named, 'outcome')}::text[])
           with ordinality as new (id, event, instruction_id, entry, subject_ref, actor, outcome, place)`;
}

const columnOf = <Name extends keyof EntryNames>(
  named: readonly EntryNames[],
  name: Name,
): EntryNames[Name][] => named.map((names) => names[name]);

/** Entries by their places, from `from` up to, not including, `to`. */
export async function readEntries(
  tx: TenantTx,
  { from, to }: { from: number; to: number },
): Promise<Map<number, Uint8Array>> {
  const rows = await tx.bulk`
    select position, entry from log_entry
     where tenant_id = ${tx.tenantId} and position >= ${from} and position < ${to}`;
  return new Map(rows.map(({ position, entry }) => [Number(position), entry as Uint8Array]));
}

/** The last entry about each of these instructions, and whether one of these events is among its entries. */
export async function lastEntriesOf(
  tx: TenantTx,
  instructions: readonly InstructionId[],
  answers: readonly string[],
): Promise<Map<InstructionId, { entry: Uint8Array; isAnswered: boolean }>> {
  const rows = await tx.bulk`
    select wanted.id, last.entry, exists (
             select from log_entry answer where answer.tenant_id = ${tx.tenantId} and answer.instruction_id is not null
                and answer.instruction_id = wanted.id and answer.event = any(${answers}::text[])) as answered
      from unnest(${instructions}::uuid[]) as wanted (id)
     cross join lateral (
       select entry from log_entry where tenant_id = ${tx.tenantId} and instruction_id is not null
          and instruction_id = wanted.id order by entry_id desc limit 1) last`;
  return new Map(
    rows.map(({ id, entry, answered }) => [
      id as InstructionId,
      { entry: entry as Uint8Array, isAnswered: answered as boolean },
    ]),
  );
}

/** Stores tiles, replacing narrower ones of the same place. */
export async function storeTiles(tx: TenantTx, tiles: readonly TileRow[]): Promise<void> {
  await tx.bulk`
    insert into log_tile (tenant_id, level, position, width, hashes)
    select ${tx.tenantId}::uuid, new.*
      from unnest(${tiles.map(({ level }) => level)}::int[], ${tiles.map(({ index }) => index)}::bigint[],
                  ${tiles.map(({ width }) => width)}::int[], ${tiles.map(({ hashes }) => hashes)}::bytea[]) as new
    on conflict (tenant_id, level, position) do update set width = excluded.width, hashes = excluded.hashes`;
}

/** Reads tiles of the tenant's log, each once, cut to the width asked for. Throws for a tile that is not there. */
export function tileReader(tx: TenantTx): TileReader {
  const seen = new Map<string, Uint8Array>();
  return async (level, index, width) => {
    const place = `${level}/${index}`;
    const known = seen.get(place);
    if (known !== undefined && known.byteLength >= width * 32) return known.subarray(0, width * 32);
    const [row] = await tx.bulk`
      select hashes from log_tile where tenant_id = ${tx.tenantId} and level = ${level} and position = ${index}`;
    if (row === undefined) throw new DomainError('LOG_FORKED', 'The log lacks a tile that it had.');
    const hashes = row.hashes as Uint8Array;
    seen.set(place, hashes);
    return hashes.subarray(0, width * 32);
  };
}
