import { type Category, type PurposeCode } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type NoticeVersion } from './notice-version.js';
import { type NoticeVersionId } from './terms.js';

type Row = Omit<NoticeVersion, 'id' | 'categories' | 'purposes'> & {
  id: string;
  categories: string[];
  purposes: string[];
};

const toNotice = ({ id, categories, purposes, ...row }: Row): NoticeVersion => ({
  id: id as NoticeVersionId,
  version: row.version,
  houseVersion: row.houseVersion,
  inForceFrom: row.inForceFrom,
  categories: categories as Category[],
  purposes: purposes as PurposeCode[],
  createdAt: row.createdAt,
});

/** Writes the version. */
export async function insertNotice(tx: TenantTx, notice: NoticeVersion): Promise<void> {
  const { categories, purposes, ...row } = notice;
  await tx.noticeVersion.create({
    data: { tenantId: tx.tenantId, ...row, categories: [...categories], purposes: [...purposes] },
  });
}

/** The version with the latest date, in force or not yet, or null. */
export async function latestNotice(tx: TenantTx): Promise<NoticeVersion | null> {
  const row = await tx.noticeVersion.findFirst({
    where: { tenantId: tx.tenantId },
    orderBy: { version: 'desc' },
  });
  return row === null ? null : toNotice(row);
}

/** Finds the version, or null. */
export async function findNotice(tx: TenantTx, id: NoticeVersionId): Promise<NoticeVersion | null> {
  const row = await tx.noticeVersion.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } } });
  return row === null ? null : toNotice(row);
}

/** A page of versions, newest first, after the one named by `after`. */
export async function listNotices(
  tx: TenantTx,
  { limit, after }: { limit: number; after: NoticeVersionId | null },
): Promise<NoticeVersion[]> {
  const rows = await tx.noticeVersion.findMany({
    where: { tenantId: tx.tenantId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toNotice);
}
