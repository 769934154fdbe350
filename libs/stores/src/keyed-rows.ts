import { type KeyId, type SubjectId } from '@personr/kernel';
import { sql, type TenantTx } from '@personr/tenancy';
import { type KeyedRow } from './store.js';

const NIL = '00000000-0000-0000-0000-000000000000';

// Of packages those alone that may be taken: one that is being built has its key from its first byte to its last.
const TABLES = {
  record: sql.fragment`record`,
  document: sql.fragment`document`,
  package: sql.fragment`(select * from package where state = 'READY')`,
};

/** A page of a table's rows with their keys, but for those of subjects that are being erased: `Store.keyedRows`. */
export async function keyedRowsOf(
  tx: TenantTx,
  table: keyof typeof TABLES,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<KeyedRow[]> {
  const rows = await tx.$queryRaw<{ id: string; subject_id: string; key_id: string }[]>`
    select r.id::text, r.subject_id::text, r.key_id::text
      from ${TABLES[table]} r join subject s on s.tenant_id = r.tenant_id and s.id = r.subject_id
     where r.tenant_id = ${tx.tenantId}::uuid and r.id > ${after ?? NIL}::uuid and s.erasing_by is null
     order by r.id limit ${limit}`;
  return rows.map((row) => ({
    id: row.id,
    subjectId: row.subject_id as SubjectId,
    keyId: row.key_id as KeyId,
  }));
}
