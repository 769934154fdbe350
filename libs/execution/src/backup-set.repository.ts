import { type Id } from '@personr/kernel';
import { type TenantTx } from '@personr/tenancy';
import { type BackupContent, type BackupSet } from './backup-set.js';

/** Declares a set, or nothing when its id is known. From the commit on no erasure ends that it could undo. */
export async function registerBackupSet(tx: TenantTx, set: Omit<BackupSet, 'goneAt'>): Promise<void> {
  await tx.backupSet.createMany({
    data: [{ tenantId: tx.tenantId, ...set, contains: [...set.contains] }],
    skipDuplicates: true,
  });
}

/** Declares that no copy of the set exists any more. Safe to call again. */
export async function retireBackupSet(tx: TenantTx, id: BackupSet['id'], at: Date): Promise<void> {
  await tx.backupSet.updateMany({ where: { tenantId: tx.tenantId, id, goneAt: null }, data: { goneAt: at } });
}

/** Every set of the tenant, oldest first. */
export async function listBackupSets(tx: TenantTx): Promise<BackupSet[]> {
  const rows = await tx.backupSet.findMany({ orderBy: [{ madeAt: 'asc' }, { id: 'asc' }] });
  return rows.map((row) => ({
    id: row.id as Id<'backup'>,
    name: row.name,
    contains: row.contains as BackupContent[],
    madeAt: row.madeAt,
    goneAt: row.goneAt,
  }));
}
