import { type DocumentId, type SubjectId } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { columnsOf, toCounts } from './scope-rows.js';
import { type Counts, type Scope } from './store.js';

/** A document or an upload under way, of one of the subjects asked for. */
export type DocumentRow = {
  readonly subjectId: SubjectId;
  readonly id: DocumentId;
  readonly inScope: boolean;
  readonly isUnderWay: boolean;
};

/** Every document and every upload of the scopes' subjects, and whether it is in scope. */
export async function documentRowsOf(tx: TenantTx, scopes: readonly Scope[]): Promise<DocumentRow[]> {
  const { subjects, elements, except, under } = columnsOf(scopes);
  const rows = await tx.bulk`
    with scope as (
      select * from unnest(${subjects}::uuid[], ${elements}::text[], ${except}::text[], ${under}::text[])
          as s (subject_id, elements, spared, under)),
    doc as (
      select d.subject_id, d.id, d.element, d.key_id, false as under_way from document d
       where d.tenant_id = ${tx.tenantId} and d.subject_id in (select subject_id from scope)
      union all
      select u.subject_id, u.id, u.element, null, true from document_upload u
       where u.tenant_id = ${tx.tenantId} and u.subject_id in (select subject_id from scope))
    select doc.subject_id, doc.id, doc.under_way,
           (s.elements is null or doc.element = any(s.elements::text[])) and doc.element <> all(s.spared::text[])
           and (s.under is null or coalesce(doc.key_id = any(s.under::uuid[]), false)) as in_scope
      from doc join scope s on s.subject_id = doc.subject_id`;
  return rows.map((row) => ({
    subjectId: row.subject_id as SubjectId,
    id: row.id as DocumentId,
    inScope: row.in_scope as boolean,
    isUnderWay: row.under_way as boolean,
  }));
}

/** Every upload of the tenant that is under way. */
export async function uploadsOf(tx: TenantTx): Promise<{ subjectId: SubjectId; id: DocumentId }[]> {
  const rows = await tx.bulk`select subject_id, id from document_upload where tenant_id = ${tx.tenantId}`;
  return rows.map((row) => ({ subjectId: row.subject_id as SubjectId, id: row.id as DocumentId }));
}

/** Removes the rows of documents in scope. Uploads keep theirs: whoever sweeps looks for bytes by them. */
export async function eraseDocuments(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
  const { subjects, elements, except, under } = columnsOf(scopes);
  const rows = await tx.bulk`
    with scope as (
      select * from unnest(${subjects}::uuid[], ${elements}::text[], ${except}::text[], ${under}::text[])
          as s (subject_id, elements, spared, under)),
    gone as (
      delete from document using scope s
       where document.tenant_id = ${tx.tenantId} and document.subject_id = s.subject_id
         and (s.elements is null or document.element = any(s.elements::text[]))
         and document.element <> all(s.spared::text[]) and (s.under is null or document.key_id = any(s.under::uuid[]))
      returning document.subject_id)
    select subject_id, count(*) from gone group by subject_id`;
  return toCounts(rows);
}

/** Counts the rows of documents that are left in scope. */
export async function remainingDocuments(tx: TenantTx, scopes: readonly Scope[]): Promise<Counts> {
  const { subjects, elements, except, under } = columnsOf(scopes);
  const rows = await tx.bulk`
    select d.subject_id, count(*)
      from unnest(${subjects}::uuid[], ${elements}::text[], ${except}::text[], ${under}::text[])
          as s (subject_id, elements, spared, under)
      join document d on d.tenant_id = ${tx.tenantId} and d.subject_id = s.subject_id
       and (s.elements is null or d.element = any(s.elements::text[]))
       and d.element <> all(s.spared::text[]) and (s.under is null or d.key_id = any(s.under::uuid[]))
     group by d.subject_id`;
  return toCounts(rows);
}

/** Those of these places of which there is neither a document, nor an upload, nor a package: all are looked for at one instant. */
export async function placesWithoutRow<
  Place extends { readonly subjectId: SubjectId; readonly id: DocumentId },
>(tx: TenantTx, places: readonly Place[]): Promise<Place[]> {
  const rows = await tx.bulk`
    select p.position from unnest(${places.map(({ subjectId }) => subjectId)}::uuid[],
                                  ${places.map(({ id }) => id)}::uuid[]) with ordinality as p (subject_id, id, position)
     where not exists (select from document d
                        where d.tenant_id = ${tx.tenantId} and d.id = p.id and d.subject_id = p.subject_id)
       and not exists (select from document_upload u
                        where u.tenant_id = ${tx.tenantId} and u.id = p.id and u.subject_id = p.subject_id)
       and not exists (select from package k
                        where k.tenant_id = ${tx.tenantId} and k.id = p.id and k.subject_id = p.subject_id)`;
  return rows.flatMap(({ position }) => places[Number(position) - 1] ?? []);
}
