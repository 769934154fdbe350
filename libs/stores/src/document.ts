import {
  type ConsentId,
  type DocumentId,
  isId,
  type KeyId,
  type SubjectId,
  type TenantId,
} from '@personr/kernel';
import { type ElementCode, type Role } from '@personr/law';
import { type ObjectName } from './object-store.js';

/** Which document, of whom. */
export type DocumentPlace = {
  readonly id: DocumentId;
  readonly subjectId: SubjectId;
  readonly element: ElementCode;
};

/** A document as it is known: classified in the clear, its content and digest sealed. */
export type StoredDocument = DocumentPlace & {
  readonly source: string;
  readonly purpose: string;
  readonly collectedAt: Date;
  readonly createdAt: Date;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Of the content, in each sealed chunk but the last. */
  readonly chunkBytes: number;
  readonly noncePrefix: Uint8Array<ArrayBuffer>;
  readonly keyId: KeyId;
  readonly sealedDigest: Uint8Array<ArrayBuffer>;
  readonly role: Role;
  readonly consentId: ConsentId | null;
};

/** The label of a document's own key among its subject's. */
export const documentLabel = (id: DocumentId): string => `document:${id}`;

/** What every object of a tenant begins with. */
export const tenantPrefix = (tenantId: TenantId): string => `${tenantId}/`;

/** What every object of a subject begins with. */
export const subjectPrefix = (tenantId: TenantId, subjectId: SubjectId): string =>
  `${tenantId}/${subjectId}/`;

/** Under which name a document's bytes rest. It says whose they are by ids alone. */
export const objectNameOf = (
  tenantId: TenantId,
  { subjectId, id }: Pick<DocumentPlace, 'subjectId' | 'id'>,
): ObjectName => subjectPrefix(tenantId, subjectId) + id;

/** Whose document an object is, by its name; null for a name that no document has. */
export function placeOf(
  name: ObjectName,
): { readonly tenantId: TenantId; readonly subjectId: SubjectId; readonly id: DocumentId } | null {
  const [tenantId = '', subjectId = '', id = '', ...more] = name.split('/');
  const isOne = more.length === 0 && [tenantId, subjectId, id].every(isId);
  return isOne
    ? { tenantId: tenantId as TenantId, subjectId: subjectId as SubjectId, id: id as DocumentId }
    : null;
}
