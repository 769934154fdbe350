import { type InstructionId, type SubjectId, type SubjectRef } from '@personr/kernel';
import { type Role } from '@personr/law';
import { sql, type TenantTx } from '@personr/tenancy';
import { assertStays } from '@personr/terms';
import { type Subject } from './subject.js';

type Row = {
  id: string;
  subjectRef: string;
  role: string;
  residency: string | null;
  createdAt: Date;
  erasingBy: string | null;
};

const COLUMNS = sql.fragment`id::text, subject_ref as "subjectRef", role, residency,
  created_at as "createdAt", erasing_by::text as "erasingBy"`;

const isIt = (tx: TenantTx, id: SubjectId) =>
  sql.fragment`tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid`;

const toSubject = (row: Row): Subject => ({
  id: row.id as SubjectId,
  subjectRef: row.subjectRef as SubjectRef,
  role: row.role as Role,
  residency: row.residency,
  createdAt: row.createdAt,
  beingErased: row.erasingBy !== null,
});

/** Finds the subject, or null. */
export async function findSubject(tx: TenantTx, id: SubjectId): Promise<Subject | null> {
  const [row] = await tx.$queryRaw<Row[]>`select ${COLUMNS} from subject where ${isIt(tx, id)}`;
  return row === undefined ? null : toSubject(row);
}

/**
 * Writes those of the subjects that are not there already, in the order of their ids, and says which. Waits for a
 * transaction that is writing or removing one of them. Throws `TENANT_LEAVING`.
 */
export async function insertSubjects(
  tx: TenantTx,
  subjects: readonly Omit<Subject, 'beingErased'>[],
): Promise<Set<SubjectId>> {
  if (subjects.length === 0) return new Set();
  const sorted = [...subjects].sort((left, right) => (left.id < right.id ? -1 : 1));
  const [, rows] = await Promise.all([assertStays(tx), insertSorted(tx, sorted)]);
  return new Set(rows.map(({ id }) => id as SubjectId));
}

const insertSorted = (tx: TenantTx, sorted: readonly Omit<Subject, 'beingErased'>[]) => tx.bulk`
    insert into subject (tenant_id, id, subject_ref, role, residency, created_at)
    select ${tx.tenantId}::uuid, new.*
      from unnest(${sorted.map(({ id }) => id)}::uuid[],
                  ${sorted.map(({ subjectRef }) => subjectRef)}::text[],
                  ${sorted.map(({ role }) => role)}::text[],
                  ${sorted.map(({ residency }) => residency)}::text[],
                  ${sorted.map(({ createdAt }) => createdAt.toISOString())}::timestamptz[]) as new
    on conflict do nothing returning id`;

/** Finds these subjects. Those that are unknown are left out. */
export async function findSubjects(
  tx: TenantTx,
  ids: readonly SubjectId[],
): Promise<Map<SubjectId, Subject>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.bulk`
    select id::text, subject_ref as "subjectRef", role, residency, created_at as "createdAt",
           erasing_by::text as "erasingBy"
      from subject where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`;
  return byId(rows as Row[]);
}

/**
 * Finds these subjects and keeps erasures of them from starting until the transaction ends; waits for erasures
 * in the order of their ids. Those that are unknown are left out.
 */
export async function holdSubjects(
  tx: TenantTx,
  ids: readonly SubjectId[],
): Promise<Map<SubjectId, Subject>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.bulk`
    select id::text, subject_ref as "subjectRef", role, residency, created_at as "createdAt",
           erasing_by::text as "erasingBy"
      from subject where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[]) order by id for share`;
  return byId(rows as Row[]);
}

const byId = (rows: readonly Row[]): Map<SubjectId, Subject> =>
  new Map(rows.map((row) => [row.id as SubjectId, toSubject(row)]));

/** Takes back subjects that this very transaction wrote. Nothing may have been written for them yet. */
export async function takeBackSubjects(tx: TenantTx, ids: readonly SubjectId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.bulk`delete from subject where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`;
}

/** The ids of up to `limit` subjects after one, in their order. */
export async function subjectsAfter(
  tx: TenantTx,
  { after, limit }: { after: SubjectId | null; limit: number },
): Promise<SubjectId[]> {
  const rows = await tx.bulk`
    select id from subject where tenant_id = ${tx.tenantId} and (${after}::uuid is null or id > ${after}::uuid)
     order by id limit ${limit}`;
  return rows.map(({ id }) => id as SubjectId);
}

/** How many subjects there are. */
export async function countSubjects(tx: TenantTx): Promise<number> {
  const [row] = await tx.bulk`select count(*)::int as count from subject where tenant_id = ${tx.tenantId}`;
  return row?.count as number;
}

/** Since when anybody is held: when the oldest subject that is left came in. Null when there is none. */
export async function oldestSubjectSince(tx: TenantTx): Promise<Date | null> {
  const [row] = await tx.bulk`
    select created_at from subject where tenant_id = ${tx.tenantId} order by id limit 1`;
  return (row?.created_at as Date | undefined) ?? null;
}

/**
 * Lists subjects, newest first, from the one after `after` on. One of whom an erasure left values or documents because of
 * holds, and nothing is there besides, is left out.
 */
export async function listSubjects(
  tx: TenantTx,
  { limit, after }: { limit: number; after: SubjectId | null },
): Promise<Subject[]> {
  const rows = await tx.bulk`
    select id::text, subject_ref as "subjectRef", role, residency, created_at as "createdAt",
           erasing_by::text as "erasingBy"
      from subject s where tenant_id = ${tx.tenantId} and (${after}::uuid is null or id < ${after}::uuid)
       and case when exists (select from hold where tenant_id = s.tenant_id and subject_id = s.id
                                and cardinality(restricted_elements) > 0)
                then exists (
                  select from (select tenant_id, subject_id, element from record
                               union all select tenant_id, subject_id, element from document) as held
                   where tenant_id = s.tenant_id and subject_id = s.id
                     and not exists (select from hold h where h.tenant_id = s.tenant_id and h.subject_id = s.id
                                        and h.restricted_elements && array[held.element, 'ALL']))
                else true end
     order by id desc limit ${limit}`;
  return (rows as Row[]).map(toSubject);
}

/**
 * Marks the subject as being erased, after every open writer has ended (`FOR UPDATE`). From the commit on,
 * intake and reads refuse it. The erasure of the whole takes the mark over from that of a part, never the other
 * way round, so a part that ends does not open a subject that is going. Returns false when there is no such
 * subject (any more).
 */
export async function markErasing(
  tx: TenantTx,
  id: SubjectId,
  { by, isWhole }: { by: InstructionId; isWhole: boolean },
): Promise<boolean> {
  const found = await tx.$queryRaw<unknown[]>`
    select 1 from subject where tenant_id = ${tx.tenantId}::uuid and id = ${id}::uuid for update`;
  await tx.subject.updateMany({
    where: { tenantId: tx.tenantId, id, ...(isWhole ? {} : { erasingBy: null }) },
    data: { erasingBy: by },
  });
  return found.length === 1;
}

/** Ends the erasure of a part: the subject stays, and may be written to again. */
export async function unmarkErasing(tx: TenantTx, id: SubjectId, by: InstructionId): Promise<void> {
  await tx.subject.updateMany({
    where: { tenantId: tx.tenantId, id, erasingBy: by },
    data: { erasingBy: null },
  });
}

/** Counts the subject's own row, reading afresh: 0 or 1. */
export const countSubject = (tx: TenantTx, id: SubjectId): Promise<number> =>
  tx.subject.count({ where: { tenantId: tx.tenantId, id } });

/** Removes the subject's row. Safe to call again. Every record must have gone before. */
export async function removeSubject(tx: TenantTx, id: SubjectId): Promise<number> {
  const { count } = await tx.subject.deleteMany({ where: { tenantId: tx.tenantId, id } });
  return count;
}
