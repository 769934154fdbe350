import { type DocumentId, type SubjectId, type TenantId } from '@personr/kernel';
import { type RelayTx, type TenantTx } from '@personr/tenancy';
import { type DocumentPlace } from './document.js';

/** Writes down that an upload begins, before a byte of it reaches the object store. */
export async function beginUpload(tx: TenantTx, upload: DocumentPlace, aliveUntil: Date): Promise<void> {
  await tx.documentUpload.create({ data: { tenantId: tx.tenantId, ...upload, aliveUntil } });
}

/** Says that the upload lives. False when it was given up for dead and is swept. */
export async function keepUpload(tx: TenantTx, id: DocumentId, aliveUntil: Date): Promise<boolean> {
  const { count } = await tx.documentUpload.updateMany({
    where: { tenantId: tx.tenantId, id },
    data: { aliveUntil },
  });
  return count === 1;
}

/** Ends the upload. False when it was given up for dead and swept: then nothing of it may be kept. */
export async function endUpload(tx: TenantTx, id: DocumentId): Promise<boolean> {
  const { count } = await tx.documentUpload.deleteMany({ where: { tenantId: tx.tenantId, id } });
  return count === 1;
}

/** An upload that nobody keeps alive, as the relay sees it. */
export type DeadUpload = { readonly tenantId: TenantId; readonly id: DocumentId };

/** Lists uploads that died before `now`, those dead longest first. */
export async function listDeadUploads(
  tx: RelayTx,
  { now, limit }: { now: Date; limit: number },
): Promise<DeadUpload[]> {
  const rows = await tx.$queryRaw<{ tenant_id: TenantId; id: DocumentId }[]>`
    select tenant_id::text, id::text from document_upload
     where alive_until < ${now} order by alive_until limit ${limit}`;
  return rows.map(({ tenant_id: tenantId, id }) => ({ tenantId, id }));
}

/** Takes a dead upload to sweep it; null when it lives after all, is gone, or another sweeps it. */
export async function takeDeadUpload(
  tx: TenantTx,
  { id, now }: { id: DocumentId; now: Date },
): Promise<{ readonly id: DocumentId; readonly subjectId: SubjectId } | null> {
  const [row] = await tx.$queryRaw<{ subject_id: SubjectId }[]>`
    select subject_id::text from document_upload
     where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid and alive_until < ${now}
       for update skip locked`;
  return row === undefined ? null : { id, subjectId: row.subject_id };
}

/** Whether the upload is under way, as far as its row says; the row stays locked until the transaction ends. */
export async function findUpload(tx: TenantTx, id: DocumentId): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from document_upload where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid for update`;
  return rows.length === 1;
}
