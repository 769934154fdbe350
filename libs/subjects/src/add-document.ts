import { Injectable } from '@nestjs/common';
import { type Caller } from '@personr/audit';
import { type IdempotentRequest, IdempotentRequests, type RequestIdentity } from '@personr/idempotency';
import { Tenancy } from '@personr/tenancy';
import { type DocumentBody, type NewDocument, type TakenDocument } from './document.js';
import { DocumentUploads, type Upload } from './document-uploads.js';
import { JudgeDocument } from './judge-document.js';
import { KeepDocument } from './keep-document.js';
import { SealedDocuments } from './sealed-documents.js';

/** What came of adding a document. */
export type AddedDocument = TakenDocument & { readonly replayed: boolean };

/** A document as it comes in, whole: what it is, its bytes, and what makes the request the same request. */
export type Addition = {
  readonly document: NewDocument;
  readonly body: DocumentBody;
  readonly identity: RequestIdentity | null;
};

/** Adds a document to a subject that is known, and seals it while it streams. */
@Injectable()
export class AddDocument {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly judge: JudgeDocument,
    private readonly uploads: DocumentUploads,
    private readonly documents: SealedDocuments,
    private readonly requests: IdempotentRequests,
    private readonly keepDocument: KeepDocument,
  ) {}

  /**
   * Writes down that an upload begins, makes a key, streams, and then keeps the document and its entry together. What
   * fails anywhere leaves nothing to be seen, and what it leaves behind is removed, now or by `SweepUploads`. A
   * request that took effect before is answered again once its body has been read. Whatever can be judged without the
   * bytes is judged before the first is asked for, and again, but for the terms, before the document is kept. Throws
   * what `JudgeDocument`, `DocumentUploads` and `SealedDocuments.put` do.
   */
  async run(caller: Caller, { document, body, identity }: Addition): Promise<AddedDocument> {
    const { tenantId } = caller;
    const request = await this.requests.identify(tenantId, identity);
    const earlier = await this.judge.run(caller, document, request);
    if (earlier !== null) {
      await readAll(body.bytes);
      return { ...earlier, replayed: true };
    }
    const upload = this.uploads.plan(tenantId, document);
    await this.uploads.begin(upload);
    try {
      const keyId = await this.documents.keyFor(tenantId, upload);
      const bytes = await this.documents.put(tenantId, {
        place: upload,
        keyId,
        body: { ...body, bytes: this.uploads.alive(upload, body.bytes) },
      });
      const added = await this.keep(caller, request, { document, uploaded: { upload, keyId, bytes } });
      if (added.replayed) await this.uploads.abandon(upload);
      return added;
    } catch (error) {
      await this.uploads.abandon(upload);
      throw error;
    }
  }

  private keep(
    caller: Caller,
    request: IdempotentRequest | null,
    kept: Parameters<KeepDocument['run']>[2],
  ): Promise<AddedDocument> {
    return this.tenancy.forTenant(caller.tenantId, (tx) =>
      this.requests.once<AddedDocument>(tx, request, {
        act: async () => {
          const taken = await this.keepDocument.run(tx, caller, kept);
          const { subjectId, id }: Upload = kept.uploaded.upload;
          return { answer: { ...taken, replayed: false }, resourceIds: [subjectId, id], status: 201 };
        },
        replay: async (earlier) => ({ ...(await this.keepDocument.again(tx, earlier)), replayed: true }),
      }),
    );
  }
}

/** Lets the rest of a body flow by. */
async function readAll(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = bytes[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}
