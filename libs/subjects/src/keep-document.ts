import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { type EarlierAnswer } from '@personr/idempotency';
import { Clock, type DocumentId, DomainError, type KeyId, type SubjectId } from '@personr/kernel';
import { findDocument, insertDocument } from '@personr/stores';
import { type TenantTx } from '@personr/tenancy';
import { assertStays } from '@personr/terms';
import { type NewDocument, type TakenDocument } from './document.js';
import { DocumentUploads, type Upload } from './document-uploads.js';
import { openSubject } from './open-subject.js';
import { type SealedBytes, SealedDocuments } from './sealed-documents.js';
import { settleConsentsOf } from './settle-consents.js';
import { type SubjectEvent } from './subjects.events.js';

/** An upload whose bytes rest in the object store, and the key they are sealed under. */
export type Uploaded = { readonly upload: Upload; readonly keyId: KeyId; readonly bytes: SealedBytes };

/** Makes an upload a document. */
@Injectable()
export class KeepDocument {
  constructor(
    private readonly uploads: DocumentUploads,
    private readonly documents: SealedDocuments,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the document and its entry and ends the upload, together. The subject's row is held and its digest is
   * sealed under the document's key, so a document is kept only while no erasure is at work and its key lives. Throws
   * `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`, `KEY_SHREDDED`, `UPLOAD_INTERRUPTED`, and what `judgeConsents` does.
   */
  async run(
    tx: TenantTx,
    caller: Caller,
    { document, uploaded }: { document: NewDocument; uploaded: Uploaded },
  ): Promise<TakenDocument> {
    const { upload, keyId, bytes } = uploaded;
    const { sha256, ...sealed } = bytes;
    const at = this.clock.now();
    await assertStays(tx);
    const held = await openSubject(tx, upload.subjectId);
    const intake = { caller, at, audit: this.audit };
    await settleConsentsOf(tx, intake, { subject: held, consents: [], records: [document] });
    await this.uploads.end(tx, upload);
    const { sealedDigest, commitment } = await this.documents.sealDigest(tx.tenantId, {
      place: upload,
      keyId,
      sha256,
    });
    const { id } = upload;
    const { role } = held;
    const consentId = document.consentId ?? null;
    const row = { ...document, ...sealed, id, keyId, sealedDigest, role, consentId, createdAt: at };
    await insertDocument(tx, row);
    const { element, mediaType } = document;
    const event: SubjectEvent = {
      event: 'document.added',
      at,
      ...by(caller),
      subjectRef: held.subjectRef,
      commitment,
      detail: { documentId: id, element, sizeBytes: sealed.sizeBytes },
    };
    await this.audit.append(tx, event);
    return { id, element, mediaType, sizeBytes: sealed.sizeBytes, sha256 };
  }

  /** The answer to an earlier upload again. Throws `DOCUMENT_NOT_FOUND` when the document has been erased since. */
  async again(tx: TenantTx, { resourceIds }: EarlierAnswer): Promise<TakenDocument> {
    const [subjectId, id] = resourceIds as readonly [SubjectId, DocumentId];
    const kept = await findDocument(tx, { subjectId, id });
    if (kept === null) throw new DomainError('DOCUMENT_NOT_FOUND', 'There is no such document any more.');
    const sha256 = await this.documents.digestOf(tx.tenantId, kept);
    return { id, element: kept.element, mediaType: kept.mediaType, sizeBytes: kept.sizeBytes, sha256 };
  }
}
