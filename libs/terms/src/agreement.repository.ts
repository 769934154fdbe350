import { type ContractPurpose } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type Agreement, type Annex } from './agreement.js';
import { type AgreementId } from './terms.js';

type Row = Omit<Agreement, 'id' | 'purposes' | 'annexes'> & {
  id: string;
  purposes: string[];
  annexes: unknown;
};

const toAgreement = ({ id, purposes, annexes, ...row }: Row): Agreement => ({
  id: id as AgreementId,
  purposes: purposes as ContractPurpose[],
  annexes: annexes as Annex[],
  effectiveFrom: row.effectiveFrom,
  effectiveTo: row.effectiveTo,
  windDownDays: row.windDownDays,
  checklist: row.checklist,
  edition: row.edition,
  createdAt: row.createdAt,
});

/** Writes the agreement. */
export async function insertAgreement(tx: TenantTx, agreement: Agreement): Promise<void> {
  const { purposes, checklist, annexes, ...row } = agreement;
  await tx.agreement.create({
    data: {
      tenantId: tx.tenantId,
      ...row,
      purposes: [...purposes],
      checklist: [...checklist],
      annexes: annexes.map((annex) => ({ ...annex })),
    },
  });
}

/** Finds the agreement, or null. */
export async function findAgreement(tx: TenantTx, id: AgreementId): Promise<Agreement | null> {
  const row = await tx.agreement.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } } });
  return row === null ? null : toAgreement(row);
}

/** The agreement that begins last, in force or not yet, or null. */
export async function latestAgreement(tx: TenantTx): Promise<Agreement | null> {
  const row = await tx.agreement.findFirst({
    where: { tenantId: tx.tenantId },
    orderBy: { effectiveFrom: 'desc' },
  });
  return row === null ? null : toAgreement(row);
}

/** A page of agreements, newest first, after the one named by `after`. */
export async function listAgreements(
  tx: TenantTx,
  { limit, after }: { limit: number; after: AgreementId | null },
): Promise<Agreement[]> {
  const rows = await tx.agreement.findMany({
    where: { tenantId: tx.tenantId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toAgreement);
}

/** Sets the end, unless the agreement has changed since `edition`. Returns whether it was set. */
export async function setEnd(
  tx: TenantTx,
  { id, edition }: Pick<Agreement, 'id' | 'edition'>,
  effectiveTo: Date,
): Promise<boolean> {
  const { count } = await tx.agreement.updateMany({
    where: { tenantId: tx.tenantId, id, edition },
    data: { effectiveTo, edition: edition + 1 },
  });
  return count === 1;
}
