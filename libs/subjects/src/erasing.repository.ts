import { type InstructionId, type SubjectId, type SubjectRef } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';

/** Which subject is to be marked, by which instruction, and whether the whole of it goes. */
export type Mark = { readonly id: SubjectId; readonly by: InstructionId; readonly isWhole: boolean };

/**
 * Finds the subjects and keeps everybody else from reading for a write, writing and marking them until the
 * transaction ends, in the order of their ids; waits for every open writer. Says since when each is held; those that
 * are unknown are left out.
 */
export async function lockSubjects(
  tx: TenantTx,
  ids: readonly SubjectId[],
): Promise<ReadonlyMap<SubjectId, Date>> {
  const rows = await tx.bulk`
    select id, created_at from subject
     where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[]) order by id for update`;
  return new Map(rows.map((row) => [row.id as SubjectId, row.created_at as Date]));
}

/**
 * Marks locked subjects as being erased. From the commit on, intake and reads refuse them. The erasure of the whole
 * takes the mark over from that of a part, never the other way round, so a part that ends does not open a subject
 * that is going.
 */
export async function markSubjects(tx: TenantTx, marks: readonly Mark[]): Promise<void> {
  await tx.bulk`
    update subject set erasing_by = m.by
      from unnest(${marks.map(({ id }) => id)}::uuid[], ${marks.map(({ by }) => by)}::uuid[],
                  ${marks.map(({ isWhole }) => isWhole)}::boolean[]) as m (id, by, is_whole)
     where subject.tenant_id = ${tx.tenantId} and subject.id = m.id and (m.is_whole or subject.erasing_by is null)`;
}

/** Ends erasures that leave their subject: it may be read and written to again. */
export async function unmarkSubjects(tx: TenantTx, marks: readonly Omit<Mark, 'isWhole'>[]): Promise<void> {
  if (marks.length === 0) return;
  await tx.bulk`
    update subject set erasing_by = null
      from unnest(${marks.map(({ id }) => id)}::uuid[], ${marks.map(({ by }) => by)}::uuid[]) as m (id, by)
     where subject.tenant_id = ${tx.tenantId} and subject.id = m.id and subject.erasing_by = m.by`;
}

/** Those of the subjects that still have a row, reading afresh. */
export async function remainingSubjects(
  tx: TenantTx,
  ids: readonly SubjectId[],
): Promise<ReadonlySet<SubjectId>> {
  const rows = await tx.bulk`
    select id from subject where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`;
  return new Set(rows.map(({ id }) => id as SubjectId));
}

/** Removes subjects' rows. Safe to call again. Everything that belongs to them must have gone before. */
export async function removeSubjects(tx: TenantTx, ids: readonly SubjectId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.bulk`delete from subject where tenant_id = ${tx.tenantId} and id = any(${ids}::uuid[])`;
}

/** Finds a subject and locks it as `lockSubjects` does; null when there is none. One that is being erased is found too. */
export async function findSubjectForUpdate(
  tx: TenantTx,
  id: SubjectId,
): Promise<{ readonly subjectRef: SubjectRef } | null> {
  const [row] = await tx.bulk`
    select subject_ref from subject where tenant_id = ${tx.tenantId} and id = ${id} for update`;
  return row === undefined ? null : { subjectRef: row.subject_ref as SubjectRef };
}
