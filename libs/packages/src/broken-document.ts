import { DomainError, isDomainError, type TenantId } from '@personr/kernel';
import { type ByteRange } from '@personr/stores';
import { type SealedDocuments } from '@personr/subjects';
import { type HeldDocument } from './package.js';

/** A document that is not what was put: `SEAL_BROKEN`, or `OBJECT_MISSING`. Says which one. */
export class BrokenDocument extends DomainError {
  constructor(
    { code, message }: DomainError,
    readonly documentId: HeldDocument['id'],
  ) {
    super(code, `${message} It is document ${documentId}.`);
  }
}

/** The bytes of a document, or of a part of it. Throws `BrokenDocument`, and what else reading it throws. */
export async function* readHeld(
  documents: SealedDocuments,
  { tenantId, document }: { readonly tenantId: TenantId; readonly document: HeldDocument },
  range: ByteRange = { start: 0, end: document.sizeBytes - 1 },
): AsyncIterable<Uint8Array> {
  try {
    yield* documents.read(tenantId, document, range);
  } catch (error) {
    const isBroken = isDomainError(error, 'SEAL_BROKEN') || isDomainError(error, 'OBJECT_MISSING');
    throw isBroken ? new BrokenDocument(error, document.id) : error;
  }
}
