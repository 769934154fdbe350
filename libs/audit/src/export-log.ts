import { Injectable } from '@nestjs/common';
import { Clock, type EntryId } from '@personr/kernel';
import {
  encodeBundle,
  entryBundlePath,
  HASH_BYTES,
  inclusionPath,
  TILE_WIDTH,
  tilePath,
} from '@personr/proof';
import { type BulkRow, Tenancy, type TenantTx } from '@personr/tenancy';
import { type AnchoredCheckpoint, type AnchoredEntry, AnchoredReader } from './anchored-reader.js';
import { AuditLog } from './audit-log.js';
import { by, type Caller } from './audit-event.js';
import { type EvidenceEvent } from './evidence.events.js';
import { idsOf, type LogSnapshot, type Period, takeSnapshot } from './log-snapshot.js';
import { tileReader } from './log.repository.js';
import { type LoggedEntry, toLoggedEntry } from './logged-entry.js';

/** A file of a log in C2SP's layout. */
export type LaidOut = { readonly path: string; readonly bytes: Uint8Array };

const TILES_AT_ONCE = 64;
const BUNDLES_AT_ONCE = 8;
const ENTRIES_AT_ONCE = 1000;

const FIRST = '00000000-0000-0000-0000-000000000000';

type Row = { readonly index: number; readonly width: number };

/**
 * Gives a log away, whole: in many short transactions and little memory, however long it is. What a snapshot covers never
 * changes, so all that is given fits together.
 */
@Injectable()
export class ExportLog {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly anchored: AnchoredReader,
  ) {}

  /**
   * Begins a pack of the entries of a period; the entry that says so is committed when this resolves, and is not
   * part of it. Throws `NOT_FINISHED` for a log that holds nothing yet, `ENTRIES_PRUNED` for a time of which entries went.
   */
  async begin(caller: Caller, period: Period): Promise<LogSnapshot> {
    const snapshot = await this.note(caller, period);
    return { ...snapshot, anchors: await this.anchored.anchorsUpTo(caller.tenantId, snapshot.size) };
  }

  private note(caller: Caller, period: Period): Promise<Omit<LogSnapshot, 'anchors'>> {
    return this.tenancy.forTenant(caller.tenantId, async (tx) => {
      const snapshot = await takeSnapshot(tx, period);
      const { from, to } = period;
      const event: EvidenceEvent = {
        event: 'evidence.read',
        at: this.clock.now(),
        ...by(caller),
        detail: {
          form: 'PACK',
          size: snapshot.size,
          from: from?.toISOString() ?? null,
          to: to?.toISOString() ?? null,
        },
      };
      await this.audit.append(tx, event);
      return snapshot;
    });
  }

  /** Every tile of hashes that the snapshot's tree has, and its bundles from the first of the period on (C2SP tlog-tiles). */
  async *files(snapshot: LogSnapshot): AsyncGenerator<LaidOut> {
    for (let level = 0, hashes = snapshot.size; hashes > 0; level += 1) {
      for (const rows of batchesOf({ hashes, first: 0 }, TILES_AT_ONCE)) {
        yield* await this.inLog(snapshot, (tx) => tilesOf(tx, level, rows));
      }
      hashes = Math.floor(hashes / TILE_WIDTH);
    }
    const bundles = { hashes: snapshot.size, first: snapshot.firstBundle };
    for (const rows of batchesOf(bundles, BUNDLES_AT_ONCE)) {
      yield* await this.inLog(snapshot, (tx) => bundlesOf(tx, rows));
    }
  }

  /** The entries of the period, oldest first, a thousand at a time. */
  async *entries(snapshot: LogSnapshot): AsyncGenerator<readonly LoggedEntry[]> {
    let after = FIRST;
    for (;;) {
      const place = { snapshot, after };
      const some = await this.inLog(snapshot, (tx) => entriesAfter(tx, place));
      if (some.length > 0) yield some;
      const last = some.at(-1);
      if (last === undefined || some.length < ENTRIES_AT_ONCE) return;
      after = last.id;
    }
  }

  private inLog<T>({ tenantId }: LogSnapshot, work: (tx: TenantTx) => Promise<T>): Promise<T> {
    return this.tenancy.forTenant(tenantId, work);
  }
}

/**
 * Proves entries as `AnchoredReader.prove` does, each under the anchored checkpoint of the snapshot that covers it, else under
 * the snapshot's own; each tile is read once. Those beyond it, or without a place, are left out.
 */
export async function proveAt(
  tx: TenantTx,
  { size, checkpoint, anchors }: Pick<LogSnapshot, 'size' | 'checkpoint' | 'anchors'>,
  entryIds: readonly EntryId[],
): Promise<ReadonlyMap<EntryId, AnchoredEntry>> {
  const rows = await tx.bulk`
    select entry_id, position, entry from log_entry
     where tenant_id = ${tx.tenantId} and entry_id = any(${entryIds}::uuid[]) and position < ${size}`;
  const reader = tileReader(tx);
  const own: AnchoredCheckpoint = { size, checkpoint, anchored: { anchoring: 'PENDING', anchor: null } };
  const proven = new Map<EntryId, AnchoredEntry>();
  for (const { entry_id: id, position, entry } of rows) {
    const index = Number(position);
    const under = anchors.find((anchor) => index < anchor.size) ?? own;
    const proof = {
      index,
      path: await inclusionPath(index, under.size, reader),
      checkpoint: under.checkpoint,
    };
    proven.set(id as EntryId, { entry: entry as Uint8Array, proof, anchored: under.anchored });
  }
  return proven;
}

/** The rows of 256 hashes that so many make, from the one of this index on, in batches. */
function* batchesOf(
  { hashes, first }: { readonly hashes: number; readonly first: number },
  atOnce: number,
): Generator<readonly Row[]> {
  const count = Math.ceil(hashes / TILE_WIDTH);
  for (let start = first; start < count; start += atOnce) {
    yield Array.from({ length: Math.min(atOnce, count - start) }, (_, at) => {
      const index = start + at;
      return { index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
    });
  }
}

const boundsOf = (rows: readonly Row[]) => ({
  from: rows[0]?.index ?? 0,
  to: (rows.at(-1)?.index ?? -1) + 1,
});

async function tilesOf(tx: TenantTx, level: number, rows: readonly Row[]): Promise<LaidOut[]> {
  const { from, to } = boundsOf(rows);
  const stored = await tx.bulk`
    select position, hashes from log_tile
     where tenant_id = ${tx.tenantId} and level = ${level} and position >= ${from} and position < ${to}`;
  const found = new Map(stored.map(({ position, hashes }) => [Number(position), hashes as Uint8Array]));
  return rows.map(({ index, width }) => {
    const hashes = found.get(index);
    if (hashes === undefined) throw new Error('the log lacks a tile that it had');
    return { path: tilePath(level, index, width), bytes: hashes.subarray(0, width * HASH_BYTES) };
  });
}

async function bundlesOf(tx: TenantTx, rows: readonly Row[]): Promise<LaidOut[]> {
  const { from, to } = boundsOf(rows);
  const stored = await tx.bulk`
    select position, entry from log_entry
     where tenant_id = ${tx.tenantId} and position >= ${from * TILE_WIDTH} and position < ${to * TILE_WIDTH}
     order by position`;
  const first = from * TILE_WIDTH;
  return rows.map(({ index, width }) => {
    const start = index * TILE_WIDTH - first;
    const entries = stored.slice(start, start + width).map(({ entry }) => entry as Uint8Array);
    return { path: entryBundlePath(index, width), bytes: encodeBundle(entries) };
  });
}

async function entriesAfter(
  tx: TenantTx,
  { snapshot: { size, period }, after }: { readonly snapshot: LogSnapshot; readonly after: string },
): Promise<LoggedEntry[]> {
  const { first, beyond } = idsOf(period);
  const rows: BulkRow[] = await tx.bulk`
    select position, entry from log_entry
     where tenant_id = ${tx.tenantId} and entry_id >= ${first}::uuid and entry_id < ${beyond}::uuid
       and entry_id > ${after}::uuid and position < ${size}
     order by entry_id limit ${ENTRIES_AT_ONCE}`;
  return rows.map(toLoggedEntry);
}
