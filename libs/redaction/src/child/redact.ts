import { type ElementCode, ELEMENTS } from '@personr/law';
import { type PictureRole } from '../picture/certainty.js';
import { type TextReader } from '../picture/ocr.js';
import { redactPicture } from '../picture/redact-picture.js';
import { type Document, type Redaction, withheld } from '../redaction.js';

const ROLES: Partial<Record<ElementCode, PictureRole>> = {
  DOCUMENT_FACE_PICTURE: 'IDENTITY',
  MRZ: 'IDENTITY_ZONE',
  BARCODE_CONTENTS: 'IDENTITY_BARCODE',
  VACCINATION_CERTIFICATE: 'CERTIFICATE',
  TEST_CERTIFICATE: 'CERTIFICATE',
  RECOVERY_CERTIFICATE: 'CERTIFICATE',
  SOURCE_OF_FUNDS: 'STATEMENT',
};

/** What the consumer is given of a document. Never throws for what the document is. */
export async function redact(document: Document, bytes: Buffer, reader: TextReader): Promise<Redaction> {
  const { consumerExport } = ELEMENTS[document.element];
  if (consumerExport === 'WITHHOLD_AND_DESCRIBE') return withheld('SECURITY_DATA');
  const role = ROLES[document.element];
  if (role === undefined && (consumerExport === 'DESCRIBE' || consumerExport === 'PER_BUSINESS')) {
    return withheld('DESCRIBED_ONLY');
  }
  if (document.mediaType.startsWith('image/')) return redactPicture(bytes, document, role ?? 'PLAIN', reader);
  return withheld('KIND_UNKNOWN');
}
