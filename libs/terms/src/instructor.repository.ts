import { type ApiClientId, type KeyId } from '@personr/kernel';
import { type Authority, type InstructionType } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type InstructorId } from './terms.js';

/** A name as it rests. */
export type SealedName = { readonly keyId: KeyId; readonly sealed: Uint8Array<ArrayBuffer> };

/** An instructor as it rests: its name sealed, or the credential it is. */
export type InstructorRow = Authority & {
  readonly id: InstructorId;
  readonly role: string;
  readonly apiClientId: ApiClientId | null;
  readonly name: SealedName | null;
  readonly createdAt: Date;
};

type Row = {
  id: string;
  apiClientId: string | null;
  nameKeyId: string | null;
  sealedName: Uint8Array<ArrayBuffer> | null;
  role: string;
  authority: string[];
  validFrom: Date;
  validTo: Date | null;
  revokedAt: Date | null;
  createdAt: Date;
};

const toRow = ({ id, apiClientId, nameKeyId, sealedName, authority, ...row }: Row): InstructorRow => ({
  id: id as InstructorId,
  apiClientId: apiClientId as ApiClientId | null,
  name: nameKeyId === null || sealedName === null ? null : { keyId: nameKeyId as KeyId, sealed: sealedName },
  authority: authority as InstructionType[],
  role: row.role,
  validFrom: row.validFrom,
  validTo: row.validTo,
  revokedAt: row.revokedAt,
  createdAt: row.createdAt,
});

/** Writes the instructor. */
export async function insertInstructor(tx: TenantTx, instructor: InstructorRow): Promise<void> {
  const { name, authority, ...row } = instructor;
  await tx.instructor.create({
    data: {
      tenantId: tx.tenantId,
      ...row,
      authority: [...authority],
      nameKeyId: name?.keyId ?? null,
      sealedName: name?.sealed ?? null,
    },
  });
}

/** Finds the instructor, or null. */
export async function findInstructor(tx: TenantTx, id: InstructorId): Promise<InstructorRow | null> {
  const row = await tx.instructor.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } } });
  return row === null ? null : toRow(row);
}

/** Every registration of the credential as an instructor. */
export async function findOfCredential(tx: TenantTx, apiClientId: ApiClientId): Promise<InstructorRow[]> {
  const rows = await tx.instructor.findMany({ where: { tenantId: tx.tenantId, apiClientId } });
  return rows.map(toRow);
}

/** Says whether the tenant has this credential. */
export async function hasCredential(tx: TenantTx, id: ApiClientId): Promise<boolean> {
  return (await tx.apiClient.count({ where: { tenantId: tx.tenantId, id } })) === 1;
}

/** A page of instructors, newest first, after the one named by `after`. */
export async function listInstructors(
  tx: TenantTx,
  { limit, after }: { limit: number; after: InstructorId | null },
): Promise<InstructorRow[]> {
  const rows = await tx.instructor.findMany({
    where: { tenantId: tx.tenantId, ...(after === null ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRow);
}

/** Revokes the instructor's authority unless it is revoked. Returns whether it was not. */
export async function setRevoked(tx: TenantTx, id: InstructorId, revokedAt: Date): Promise<boolean> {
  const { count } = await tx.instructor.updateMany({
    where: { tenantId: tx.tenantId, id, revokedAt: null },
    data: { revokedAt },
  });
  return count === 1;
}
