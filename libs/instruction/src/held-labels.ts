import { type DocumentId, type SubjectId } from '@personr/kernel';
import { documentLabel } from '@personr/stores';
import { activeHolds, heldBy, IDENTITY_ELEMENTS } from '@personr/subjects';
import { type TenantTx } from '@personr/tenancy';

/** The labels of the subject's keys that active holds keep; null when they keep all of them. */
export async function heldLabels(tx: TenantTx, subjectId: SubjectId): Promise<string[] | null> {
  const holds = (await activeHolds(tx, [subjectId])).get(subjectId) ?? [];
  const { everything, elements } = heldBy(holds);
  if (everything) return null;
  if (elements.length === 0) return [];
  const rows = await tx.bulk`
    select id from document
     where tenant_id = ${tx.tenantId} and subject_id = ${subjectId}::uuid and element = any(${elements}::text[])`;
  const identities = Object.entries(IDENTITY_ELEMENTS).filter(([, element]) => elements.includes(element));
  return [
    ...elements,
    ...identities.map(([type]) => type),
    ...rows.map(({ id }) => documentLabel(id as DocumentId)),
  ];
}
