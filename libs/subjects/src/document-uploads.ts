import { Injectable } from '@nestjs/common';
import { Clock, DomainError, newId, type TenantId } from '@personr/kernel';
import {
  beginUpload,
  type DocumentPlace,
  endUpload,
  findDocument,
  findUpload,
  keepUpload,
  objectNameOf,
  ObjectStore,
} from '@personr/stores';
import { Tenancy, type TenantTx } from '@personr/tenancy';
import { openSubject } from './open-subject.js';
import { SealedDocuments } from './sealed-documents.js';

// An upload says that it lives whenever this much of its time is gone; one whose time is up is swept.
const ALIVE_MILLISECONDS = 300_000;
const SAY_SO_AFTER_MILLISECONDS = 30_000;

/** An upload under way: what will be a document if it ends well. */
export type Upload = DocumentPlace & { readonly tenantId: TenantId };

/** Keeps account of uploads, so that what one leaves in the object store is always found. */
@Injectable()
export class DocumentUploads {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly objects: ObjectStore,
    private readonly documents: SealedDocuments,
    private readonly clock: Clock,
  ) {}

  /** An upload of its own, which nothing knows of yet. */
  plan(tenantId: TenantId, { subjectId, element }: Omit<DocumentPlace, 'id'>): Upload {
    return { tenantId, id: newId<'document'>(this.clock.now()), subjectId, element };
  }

  /**
   * Writes down that the upload begins. No key is made for it and nothing of it may reach the object store before this has resolved. Throws
   * `SUBJECT_NOT_FOUND`, `SUBJECT_BEING_ERASED`.
   */
  async begin({ tenantId, ...place }: Upload): Promise<void> {
    await this.tenancy.forTenant(tenantId, async (tx) => {
      await openSubject(tx, place.subjectId);
      await beginUpload(tx, place, this.aliveUntil());
    });
  }

  /** Passes the bytes on, and says meanwhile that the upload lives. Throws `UPLOAD_INTERRUPTED` when it was swept. */
  async *alive(upload: Upload, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    let saidAt = this.clock.now().getTime();
    for await (const piece of bytes) {
      const now = this.clock.now().getTime();
      if (now - saidAt > SAY_SO_AFTER_MILLISECONDS) {
        await this.keep(upload);
        saidAt = now;
      }
      yield piece;
    }
  }

  /** Ends the upload in the transaction that makes it a document. Throws `UPLOAD_INTERRUPTED` when it was swept. */
  async end(tx: TenantTx, { id }: Upload): Promise<void> {
    if (!(await endUpload(tx, id))) throw interrupted();
  }

  /**
   * Removes what the upload left, its key too, unless it became a document: how a commit ended that failed is looked up. What
   * fails here is left for `SweepUploads`.
   */
  async abandon(upload: Upload): Promise<void> {
    const name = objectNameOf(upload.tenantId, upload);
    await this.tenancy
      .forTenant(upload.tenantId, async (tx) => {
        const isUnderWay = await findUpload(tx, upload.id);
        if (!isUnderWay && (await findDocument(tx, upload)) !== null) return;
        await this.objects.remove({ prefix: name, suspects: [name] });
        await this.documents.dropKey(upload.tenantId, upload);
        await endUpload(tx, upload.id);
      })
      .catch(() => undefined);
  }

  private async keep({ tenantId, id }: Upload): Promise<void> {
    const isKept = await this.tenancy.forTenant(tenantId, (tx) => keepUpload(tx, id, this.aliveUntil()));
    if (!isKept) throw interrupted();
  }

  private aliveUntil(): Date {
    return new Date(this.clock.now().getTime() + ALIVE_MILLISECONDS);
  }
}

const interrupted = (): DomainError =>
  new DomainError(
    'UPLOAD_INTERRUPTED',
    'The upload stood still for too long and was given up. Send it again.',
  );
