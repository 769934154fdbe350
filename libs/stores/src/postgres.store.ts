import { type ConsentId, type KeyId, type RecordId, type SubjectId } from '@personr/kernel';
import { type ElementCode, type Role } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { keyedRowsOf } from './keyed-rows.js';
import { columnsOf, toCounts, toElements } from './scope-rows.js';
import {
  type Counts,
  type Elements,
  type InventoryLine,
  RecordStore,
  type Scope,
  type SealedRecord,
} from './store.js';

const PAGE = 200;

type Row = {
  id: string;
  subjectId: string;
  role: string;
  consentId: string | null;
  element: string;
  source: string;
  purpose: string;
  collectedAt: Date;
  createdAt: Date;
  keyId: string;
  sealed: Uint8Array<ArrayBuffer>;
};

const inScope = (tx: TenantTx, { subjectId, elements, except = [], under }: Scope) => ({
  tenantId: tx.tenantId,
  subjectId,
  ...(under === undefined ? {} : { keyId: { in: [...under] } }),
  element: { ...(elements === undefined ? {} : { in: [...elements] }), notIn: [...except] },
});

/** The store that keeps records in the data database, one row a value. */
export class PostgresStore extends RecordStore {
  readonly name = 'postgres-records';

  async write(tx: TenantTx, records: readonly SealedRecord[]): Promise<void> {
    if (records.length === 0) return;
    await tx.bulk`
      insert into record (tenant_id, id, subject_id, role, element, source, purpose, consent_id,
                          collected_at, created_at, key_id, sealed)
      select ${tx.tenantId}::uuid, new.*
        from unnest(${records.map(({ id }) => id)}::uuid[],
                    ${records.map(({ subjectId }) => subjectId)}::uuid[],
                    ${records.map(({ role }) => role)}::text[],
                    ${records.map(({ element }) => element)}::text[],
                    ${records.map(({ source }) => source)}::text[],
                    ${records.map(({ purpose }) => purpose)}::text[],
                    ${records.map(({ consentId }) => consentId)}::uuid[],
                    ${records.map(({ collectedAt }) => collectedAt)}::timestamptz[],
                    ${records.map(({ createdAt }) => createdAt)}::timestamptz[],
                    ${records.map(({ keyId }) => keyId)}::uuid[],
                    ${records.map(({ sealed }) => sealed)}::bytea[]) as new`;
  }

  async readOf(
    tx: TenantTx,
    subjects: readonly SubjectId[],
    elements: readonly ElementCode[],
  ): Promise<SealedRecord[]> {
    const rows = await tx.bulk`
      select id, subject_id as "subjectId", role, consent_id as "consentId", element, source, purpose,
             collected_at as "collectedAt", created_at as "createdAt", key_id as "keyId", sealed
        from record
       where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[])
         and element = any(${elements}::text[]) order by id`;
    return (rows as Row[]).map(toRecord);
  }

  async *read(tx: TenantTx, scope: Scope): AsyncIterable<SealedRecord> {
    let after: string | undefined;
    for (;;) {
      const rows = await tx.record.findMany({
        where: { ...inScope(tx, scope), ...(after === undefined ? {} : { id: { gt: after } }) },
        orderBy: { id: 'asc' },
        take: PAGE,
      });
      yield* rows.map(toRecord);
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.id;
    }
  }

  inventory(tx: TenantTx, { subjectId, elements, except = [] }: Scope): Promise<InventoryLine[]> {
    return tx.$queryRaw<InventoryLine[]>`
      select element, source, purpose, count(*)::int as count from record
       where tenant_id = ${tx.tenantId}::uuid and subject_id = ${subjectId}::uuid
         and (${elements === undefined} or element = any(${[...(elements ?? [])]}::text[]))
         and element <> all(${[...except]}::text[])
       group by element, source, purpose order by element, source, purpose`;
  }

  override keyedRows(tx: TenantTx, page: { readonly after: string | null; readonly limit: number }) {
    return keyedRowsOf(tx, 'record', page);
  }

  async elementsOf(tx: TenantTx, subjects: readonly SubjectId[]): Promise<Elements> {
    const rows = await tx.bulk`
      select subject_id, array_agg(distinct element) as elements from record
       where tenant_id = ${tx.tenantId} and subject_id = any(${subjects}::uuid[]) group by subject_id`;
    return toElements(rows);
  }

  async eraseRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    const { subjects, elements, except, under } = columnsOf(scopes);
    const rows = await tx.bulk`
      with scope as (
        select * from unnest(${subjects}::uuid[], ${elements}::text[], ${except}::text[], ${under}::text[])
          as s (subject_id, elements, spared, under)),
      gone as (
        delete from record using scope s
         where record.tenant_id = ${tx.tenantId} and record.subject_id = s.subject_id
           and (s.elements is null or record.element = any(s.elements::text[]))
           and record.element <> all(s.spared::text[]) and (s.under is null or record.key_id = any(s.under::uuid[]))
        returning record.subject_id)
      select subject_id, count(*) from gone group by subject_id`;
    return toCounts(rows);
  }

  countAll(tx: TenantTx): Promise<number> {
    return tx.record.count({ where: { tenantId: tx.tenantId } });
  }

  async remainingRows(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
    const { subjects, elements, except, under } = columnsOf(scopes);
    const rows = await tx.bulk`
      select r.subject_id, count(*)
        from unnest(${subjects}::uuid[], ${elements}::text[], ${except}::text[], ${under}::text[])
          as s (subject_id, elements, spared, under)
        join record r on r.tenant_id = ${tx.tenantId} and r.subject_id = s.subject_id
         and (s.elements is null or r.element = any(s.elements::text[]))
         and r.element <> all(s.spared::text[]) and (s.under is null or r.key_id = any(s.under::uuid[]))
       group by r.subject_id`;
    return toCounts(rows);
  }
}

/** Those of these records that are there, in the order of their ids. */
export async function findRecords(tx: TenantTx, ids: readonly RecordId[]): Promise<SealedRecord[]> {
  const rows = await tx.record.findMany({
    where: { tenantId: tx.tenantId, id: { in: [...ids] } },
    orderBy: { id: 'asc' },
  });
  return rows.map(toRecord);
}

const toRecord = (row: Row): SealedRecord => ({
  id: row.id as RecordId,
  subjectId: row.subjectId as SubjectId,
  role: row.role as Role,
  consentId: row.consentId as ConsentId | null,
  element: row.element as ElementCode,
  source: row.source,
  purpose: row.purpose,
  collectedAt: row.collectedAt,
  createdAt: row.createdAt,
  keyId: row.keyId as KeyId,
  sealed: row.sealed,
});
