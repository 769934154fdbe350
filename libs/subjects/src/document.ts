import { type ConsentId, type DocumentId, type SubjectId } from '@personr/kernel';
import { type ElementCode, type PurposeCode, type SourceCode } from '@personr/law';
import { type StoredDocument } from '@personr/stores';

/** The largest document that is taken in. */
export const MOST_DOCUMENT_BYTES = 5 * 1024 ** 3;

/** A document as it comes in, but for its bytes. */
export type NewDocument = {
  readonly subjectId: SubjectId;
  readonly element: ElementCode;
  readonly source: SourceCode;
  readonly purpose: PurposeCode;
  readonly collectedAt: Date;
  /** Type, subtype and character set; no other parameter. */
  readonly mediaType: string;
  /** The consent it is taken in under. */
  readonly consentId?: ConsentId;
};

/** The bytes of a document on their way in, and what was announced of them. */
export type DocumentBody = {
  /** As they come. Ends in an error when they break off. */
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly sizeBytes: number | null;
  readonly sha256: Uint8Array | null;
};

/** What is answered for a document taken in. */
export type TakenDocument = {
  readonly id: DocumentId;
  readonly element: ElementCode;
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Of the content, for its sender. At rest it is sealed with the content's key. */
  readonly sha256: Uint8Array;
};

/** A document as it is listed: how it is classified and how large it is, nothing of what it shows. */
export type ListedDocument = Omit<
  StoredDocument,
  'subjectId' | 'chunkBytes' | 'noncePrefix' | 'keyId' | 'sealedDigest' | 'role'
>;
