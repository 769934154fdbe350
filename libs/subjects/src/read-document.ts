import { Injectable } from '@nestjs/common';
import { AuditLog, by, type Caller } from '@personr/audit';
import { Clock, type DocumentId, DomainError, type SubjectId, type TenantId } from '@personr/kernel';
import { assertKeptReadable, assertReadable, type ExceptionGround, isExceptionGround } from '@personr/law';
import { type ByteRange, findDocument, listDocuments, type StoredDocument } from '@personr/stores';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { TermsReader } from '@personr/terms';
import { type ListedDocument } from './document.js';
import { readableFor, restrictedBy } from './restriction.js';
import { restrictingHolds } from './restriction.repository.js';
import { SealedDocuments } from './sealed-documents.js';
import { findSubject } from './subject.repository.js';
import { type SubjectEvent } from './subjects.events.js';

/** Which document, what for (a purpose, or the ground of a hold), and which part of it: `part` is asked once the size is known; null is all of it. */
export type DocumentReading = {
  readonly subjectId: SubjectId;
  readonly documentId: DocumentId;
  readonly purpose: string;
  readonly part: (sizeBytes: number) => ByteRange | null;
};

/** A document on its way out: what it is, which part comes, and its bytes. */
export type OpenedDocument = Pick<ListedDocument, 'id' | 'mediaType' | 'sizeBytes'> & {
  readonly sha256: Uint8Array;
  readonly range: ByteRange;
  readonly bytes: AsyncIterable<Uint8Array>;
};

/** Opens a subject's document for a named purpose, and says so in the log. */
@Injectable()
export class ReadDocument {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly terms: TermsReader,
    private readonly documents: SealedDocuments,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens the document's first chunk once the entry that says who reads it, and why, is committed; the others open as
   * they are taken. Throws `PURPOSE_NOT_PERMITTED`, `AGREEMENT_NOT_IN_FORCE`, `SUBJECT_NOT_FOUND`, `DOCUMENT_NOT_FOUND`,
   * `SUBJECT_BEING_ERASED` from the start of an erasure on, `RESTRICTED_BY_HOLD` as `readableFor` does,
   * `SEAL_BROKEN`, `OBJECT_MISSING`, and what `part` throws.
   */
  async run(caller: Caller, reading: DocumentReading): Promise<OpenedDocument> {
    const { tenantId } = caller;
    const { document, range } = await this.tenancy.forTenant(tenantId, (tx) =>
      this.enter(tx, caller, reading),
    );
    const sha256 = await this.documents.digestOf(tenantId, document);
    const bytes = await begun(this.documents.read(tenantId, document, range));
    const { id, mediaType, sizeBytes } = document;
    return { id, mediaType, sizeBytes, sha256, range, bytes };
  }

  /**
   * A page of the subject's documents, newest first, after the one named by `after`: those that an erasure left standing
   * because of a hold only when its ground is named, and then no others. Throws `SUBJECT_NOT_FOUND`,
   * `PURPOSE_NOT_PERMITTED` for a ground on which nothing is kept.
   */
  page(
    tenantId: TenantId,
    page: { subjectId: SubjectId; limit: number; after: DocumentId | null; ground?: ExceptionGround },
  ): Promise<ListedDocument[]> {
    return this.tenancy.forTenant(tenantId, async (tx) => {
      if ((await findSubject(tx, page.subjectId)) === null) throw subjectNotFound();
      const restricting = await restrictingHolds(tx, page.subjectId);
      if (page.ground === undefined && restrictedBy(restricting).everything) return [];
      const { elements, except } = readableFor(page.ground ?? LISTED, undefined, restricting);
      return listDocuments(tx, {
        ...page,
        ...(elements === undefined ? {} : { elements }),
        ...(except === undefined ? {} : { except }),
      });
    });
  }

  private async enter(
    tx: TenantTx,
    caller: Caller,
    { subjectId, documentId, purpose, part }: DocumentReading,
  ): Promise<{ document: StoredDocument; range: ByteRange }> {
    const subject = await findSubject(tx, subjectId);
    if (subject === null) throw subjectNotFound();
    const terms = await this.terms.inForce(tx);
    if (isExceptionGround(purpose)) assertKeptReadable(terms);
    else assertReadable(purpose, subject.role, terms);
    if (subject.beingErased) {
      throw new DomainError(
        'SUBJECT_BEING_ERASED',
        'This subject is being erased. Its documents are not read.',
      );
    }
    const document = await findDocument(tx, { subjectId, id: documentId });
    if (document === null) {
      throw new DomainError('DOCUMENT_NOT_FOUND', 'There is no such document of this subject.');
    }
    const { holds } = readableFor(purpose, [document.element], await restrictingHolds(tx, subjectId));
    const chosen = part(document.sizeBytes);
    const event: SubjectEvent = {
      event: 'document.read',
      at: this.clock.now(),
      ...by(caller),
      subjectRef: subject.subjectRef,
      detail: {
        purpose,
        documentId,
        element: document.element,
        whole: chosen === null,
        ...(holds.length === 0 ? {} : { holds: [...holds] }),
      },
    };
    await this.audit.append(tx, event);
    return { document, range: chosen ?? { start: 0, end: document.sizeBytes - 1 } };
  }
}

/** A list is for no ground. */
const LISTED = '';

const subjectNotFound = (): DomainError => new DomainError('SUBJECT_NOT_FOUND', 'There is no such subject.');

/** Takes the first piece, so that what cannot be opened is refused before anything is sent, and gives it back. */
async function begun(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* all(): AsyncIterable<Uint8Array> {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}
