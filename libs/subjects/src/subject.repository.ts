import { type InstructionId, type SubjectId, type SubjectRef } from '@personr/kernel';
import { type Role } from '@personr/law';
import { sql, type TenantTx } from '@personr/tenancy';
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

/** Finds the subject and keeps an erasure of it from starting until the transaction ends. Null when unknown. */
export async function holdSubject(tx: TenantTx, id: SubjectId): Promise<Subject | null> {
  const [row] = await tx.$queryRaw<Row[]>`select ${COLUMNS} from subject where ${isIt(tx, id)} for share`;
  return row === undefined ? null : toSubject(row);
}

/** Writes the subject unless it is there already. Returns whether it was new. */
export async function insertSubject(tx: TenantTx, subject: Omit<Subject, 'beingErased'>): Promise<boolean> {
  const { count } = await tx.subject.createMany({
    data: [{ tenantId: tx.tenantId, ...subject }],
    skipDuplicates: true,
  });
  return count === 1;
}

/** Lists subjects, newest first, from the one after `after` on. */
export async function listSubjects(
  tx: TenantTx,
  { limit, after }: { limit: number; after: SubjectId | null },
): Promise<Subject[]> {
  const rows = await tx.subject.findMany({
    where: after === null ? {} : { id: { lt: after } },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toSubject);
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
