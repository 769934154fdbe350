import { type PolicyValues } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type PolicyVersion } from './policy-version.js';
import { type PolicyVersionId } from './terms.js';

type Row = { id: string; edition: number; values: unknown; createdAt: Date };

const toPolicy = ({ id, edition, values, createdAt }: Row): PolicyVersion => ({
  id: id as PolicyVersionId,
  edition,
  values: values as PolicyValues,
  createdAt,
});

/** Writes the version. The database refuses a second one of the same edition (`isUniqueViolation`). */
export async function insertPolicy(tx: TenantTx, { values, ...row }: PolicyVersion): Promise<void> {
  await tx.policyVersion.create({
    data: { tenantId: tx.tenantId, ...row, values: values },
  });
}

/** The version in force, or null where the house's own values hold. */
export async function latestPolicy(tx: TenantTx): Promise<PolicyVersion | null> {
  const row = await tx.policyVersion.findFirst({
    where: { tenantId: tx.tenantId },
    orderBy: { edition: 'desc' },
  });
  return row === null ? null : toPolicy(row);
}

/** A page of versions, newest first, after the one named by `after`. */
export async function listPolicies(
  tx: TenantTx,
  { limit, after }: { limit: number; after: PolicyVersionId | null },
): Promise<PolicyVersion[]> {
  const rows = await tx.policyVersion.findMany({
    where: { tenantId: tx.tenantId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toPolicy);
}
