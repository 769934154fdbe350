import { type EntryId } from '@personr/kernel';
import { type TileReader } from '@personr/proof';
import { type TenantTx } from '@personr/tenancy';

/** How far a log goes. */
export type LogHead = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array<ArrayBuffer>;
  readonly checkpoint: string | null;
};

/** An entry that waits for its place. */
export type PendingEntry = { readonly id: EntryId; readonly entry: Uint8Array<ArrayBuffer> };

type TileRow = { level: number; index: number; width: number; hashes: Uint8Array };

/** Reads the head and keeps others from moving it until the transaction ends. Null when no log was opened. */
export async function lockHead(tx: TenantTx): Promise<LogHead | null> {
  await tx.$queryRaw`select 1 from log_head where tenant_id = ${tx.tenantId}::uuid for update`;
  return readHead(tx);
}

/** Reads the head. Null when no log was opened. */
export async function readHead(tx: TenantTx): Promise<LogHead | null> {
  const row = await tx.logHead.findUnique({ where: { tenantId: tx.tenantId } });
  return row === null ? null : { ...row, size: Number(row.size) };
}

/** Moves the head from `size` to `next`; false when it was no longer there (compare-and-swap). */
export async function swapHead(
  tx: TenantTx,
  size: number,
  next: { size: number; root: Uint8Array; checkpoint: string; at: Date },
): Promise<boolean> {
  const { count } = await tx.logHead.updateMany({
    where: { tenantId: tx.tenantId, size: BigInt(size) },
    data: {
      size: BigInt(next.size),
      root: Uint8Array.from(next.root),
      checkpoint: next.checkpoint,
      updatedAt: next.at,
    },
  });
  return count === 1;
}

/** The oldest entries without a place, by id. */
export async function takePending(tx: TenantTx, limit: number): Promise<PendingEntry[]> {
  const rows = await tx.auditOutbox.findMany({ orderBy: { id: 'asc' }, take: limit });
  return rows.map(({ id, entry }) => ({ id: id as EntryId, entry }));
}

/** Gives pending entries their places from `position` on, and takes them out of the outbox. */
export async function placeEntries(tx: TenantTx, position: number, pending: readonly PendingEntry[]) {
  await tx.logEntry.createMany({
    data: pending.map(({ id, entry }, offset) => {
      const { event, instructionId } = JSON.parse(new TextDecoder().decode(entry)) as {
        event: string;
        instructionId?: string;
      };
      return {
        tenantId: tx.tenantId,
        position: BigInt(position + offset),
        entryId: id,
        event,
        instructionId: instructionId ?? null,
        entry,
      };
    }),
  });
  await tx.auditOutbox.deleteMany({ where: { id: { in: pending.map(({ id }) => id) } } });
}

/** Stores tiles, replacing narrower ones of the same place. */
export async function storeTiles(tx: TenantTx, tiles: readonly TileRow[]): Promise<void> {
  for (const { level, index, width, hashes } of tiles) {
    const data = { width, hashes: Uint8Array.from(hashes) };
    await tx.logTile.upsert({
      where: { tenantId_level_position: { tenantId: tx.tenantId, level, position: BigInt(index) } },
      create: { tenantId: tx.tenantId, level, position: BigInt(index), ...data },
      update: data,
    });
  }
}

/** Reads tiles of the tenant's log, each once, cut to the width asked for. */
export function tileReader(tx: TenantTx): TileReader {
  const seen = new Map<string, Uint8Array>();
  return async (level, index, width) => {
    const place = `${level}/${index}`;
    const known = seen.get(place);
    if (known !== undefined && known.byteLength >= width * 32) return known.subarray(0, width * 32);
    const row = await tx.logTile.findUniqueOrThrow({
      where: { tenantId_level_position: { tenantId: tx.tenantId, level, position: BigInt(index) } },
    });
    seen.set(place, row.hashes);
    return row.hashes.subarray(0, width * 32);
  };
}
