import { type EntryId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';

/** A checkpoint of a log that went into the meta-log. */
export type Anchor = {
  readonly size: number;
  readonly checkpoint: string;
  readonly salt: Uint8Array;
  readonly leafId: EntryId;
};

/** A checkpoint with cosignatures of so many witnesses. */
export type Cosigned = { readonly size: number; readonly checkpoint: string; readonly cosignatures: number };

/** Keeps what a checkpoint was anchored by. Again, with another salt, it keeps the first. */
export async function insertAnchor(
  tx: TenantTx,
  { size, checkpoint, salt, leafId }: Anchor,
  at: Date,
): Promise<void> {
  await tx.bulk`
    insert into log_anchor (tenant_id, size, checkpoint, salt, leaf_id, anchored_at)
    values (${tx.tenantId}, ${size}, ${checkpoint}, ${salt}, ${leafId}, ${at.toISOString()})
    on conflict do nothing`;
  await tx.bulk`
    update log_head set anchored_size = ${size} where tenant_id = ${tx.tenantId} and anchored_size < ${size}`;
}

/** The newest anchors of checkpoints over more than `index` entries, the newest first. */
export async function anchorsOver(tx: TenantTx, index: number, limit: number): Promise<Anchor[]> {
  const rows = await tx.bulk`
    select size, checkpoint, salt, leaf_id as "leafId" from log_anchor
     where tenant_id = ${tx.tenantId} and size > ${index} order by size desc limit ${limit}`;
  return rows.map((row) => ({ ...(row as Anchor), size: Number(row.size) }));
}

/** Forgets anchors of checkpoints smaller than `size`. */
export async function forgetAnchors(tx: TenantTx, size: number): Promise<void> {
  await tx.bulk`delete from log_anchor where tenant_id = ${tx.tenantId} and size < ${size}`;
}

/** How many anchors are kept. */
export async function countAnchors(tx: TenantTx): Promise<number> {
  const [row] = await tx.bulk`select count(*)::int as kept from log_anchor where tenant_id = ${tx.tenantId}`;
  return Number(row?.kept ?? 0);
}

/** Keeps a cosigned checkpoint, unless more witnesses signed that size, and forgets older ones that no more did. */
export async function insertCosigned(
  tx: TenantTx,
  { size, checkpoint, cosignatures }: Cosigned,
  at: Date,
): Promise<void> {
  await tx.bulk`
    insert into log_cosigned (tenant_id, size, checkpoint, cosignatures, cosigned_at)
    values (${tx.tenantId}, ${size}, ${checkpoint}, ${cosignatures}, ${at.toISOString()})
    on conflict (tenant_id, size) do update
      set checkpoint = excluded.checkpoint, cosignatures = excluded.cosignatures, cosigned_at = excluded.cosigned_at
    where log_cosigned.cosignatures < excluded.cosignatures`;
  await tx.bulk`
    delete from log_cosigned
     where tenant_id = ${tx.tenantId} and size < ${size} and cosignatures <= ${cosignatures}`;
}

/** Cosigned checkpoints, those of most witnesses first, then the newest. */
export async function listCosigned(tx: TenantTx): Promise<Cosigned[]> {
  const rows = await tx.bulk`
    select size, checkpoint, cosignatures from log_cosigned where tenant_id = ${tx.tenantId}
     order by cosignatures desc, size desc`;
  return rows.map((row) => ({ ...(row as Cosigned), size: Number(row.size) }));
}

/** The places of those of these entries that have one. */
export async function placesOf(tx: TenantTx, ids: readonly EntryId[]): Promise<Map<EntryId, number>> {
  const rows = await tx.bulk`
    select entry_id, position from log_entry where tenant_id = ${tx.tenantId} and entry_id = any(${ids}::uuid[])`;
  return new Map(rows.map(({ entry_id: id, position }) => [id as EntryId, Number(position)]));
}
