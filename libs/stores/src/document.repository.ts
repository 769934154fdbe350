import { type ConsentId, type DocumentId, type KeyId, type SubjectId } from '@personr/kernel';
import { type ElementCode, type Role } from '@personr/law';
import { type TenantTx } from '@personr/tenancy';
import { type DocumentPlace, type StoredDocument } from './document.js';
import { type Scope } from './store.js';

type Row = Awaited<ReturnType<TenantTx['document']['findFirstOrThrow']>>;

/** Writes a document down. Its bytes are in the object store, and its subject's row is locked by the caller. */
export async function insertDocument(tx: TenantTx, document: StoredDocument): Promise<void> {
  await tx.document.create({
    data: { tenantId: tx.tenantId, ...document, sizeBytes: BigInt(document.sizeBytes) },
  });
}

/** Finds a document of this subject, or null. */
export async function findDocument(
  tx: TenantTx,
  { subjectId, id }: Pick<DocumentPlace, 'subjectId' | 'id'>,
): Promise<StoredDocument | null> {
  const row = await tx.document.findUnique({ where: { tenantId_id: { tenantId: tx.tenantId, id } } });
  return row?.subjectId === subjectId ? toDocument(row) : null;
}

/** Lists a subject's documents in scope, newest first, from the one after `after` on. */
export async function listDocuments(
  tx: TenantTx,
  { subjectId, elements, except = [], limit, after }: Scope & { limit: number; after: DocumentId | null },
): Promise<StoredDocument[]> {
  const rows = await tx.document.findMany({
    where: {
      tenantId: tx.tenantId,
      subjectId,
      element: { notIn: [...except], ...(elements === undefined ? {} : { in: [...elements] }) },
      ...(after === null ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toDocument);
}

/** Every document of these subjects, by subject, the oldest first. */
export async function listDocumentsOf(
  tx: TenantTx,
  subjects: readonly SubjectId[],
): Promise<StoredDocument[]> {
  const rows = await tx.document.findMany({
    where: { tenantId: tx.tenantId, subjectId: { in: [...subjects] } },
    orderBy: [{ subjectId: 'asc' }, { id: 'asc' }],
  });
  return rows.map(toDocument);
}

const toDocument = (row: Row): StoredDocument => ({
  id: row.id as DocumentId,
  subjectId: row.subjectId as SubjectId,
  element: row.element as ElementCode,
  source: row.source,
  purpose: row.purpose,
  collectedAt: row.collectedAt,
  createdAt: row.createdAt,
  mediaType: row.mediaType,
  sizeBytes: Number(row.sizeBytes),
  chunkBytes: row.chunkBytes,
  noncePrefix: row.noncePrefix,
  keyId: row.keyId as KeyId,
  sealedDigest: row.sealedDigest,
  role: row.role as Role,
  consentId: row.consentId as ConsentId | null,
});
