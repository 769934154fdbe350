import { type Snapshot } from '@personr/instruction';
import { type TenantTx } from '@personr/tenancy';
import { type SubjectExecution } from './execution.js';

/**
 * Whether something of what the RETURN is about came in after its snapshot, or is coming in: a value or document under other
 * keys, an upload, a consent that was given or withdrawn. The subject's row is locked by the caller.
 */
export async function hasCome(
  tx: TenantTx,
  { subjectId, instruction: { scopeElements } }: Pick<SubjectExecution, 'subjectId' | 'instruction'>,
  { keyIds, consents }: Snapshot,
): Promise<boolean> {
  const isAll = scopeElements.length === 0;
  const [row] = await tx.bulk`
    with later as (
      select element from record
       where tenant_id = ${tx.tenantId} and subject_id = ${subjectId}::uuid and key_id <> all(${keyIds}::uuid[])
       union all
      select element from document
       where tenant_id = ${tx.tenantId} and subject_id = ${subjectId}::uuid and key_id <> all(${keyIds}::uuid[])
       union all
      select element from document_upload where tenant_id = ${tx.tenantId} and subject_id = ${subjectId}::uuid)
    select exists (select from later where ${isAll}::boolean or element = any(${scopeElements}::text[])) as came`;
  if (row?.came === true) return true;
  return isAll && consents !== null && !(await areTheSame(tx, { subjectId, consents }));
}

async function areTheSame(
  tx: TenantTx,
  {
    subjectId,
    consents,
  }: Pick<SubjectExecution, 'subjectId'> & { readonly consents: NonNullable<Snapshot['consents']> },
): Promise<boolean> {
  const frozen = new Map(consents.map(({ id, withdrawnAt }) => [id as string, withdrawnAt]));
  const rows = await tx.consent.findMany({
    where: { tenantId: tx.tenantId, subjectId },
    select: { id: true, withdrawnAt: true },
  });
  return rows.every(
    ({ id, withdrawnAt }) => frozen.has(id) && frozen.get(id) === (withdrawnAt?.toISOString() ?? null),
  );
}
