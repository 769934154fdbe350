import { type ConsumerExport, type ElementCode, ELEMENTS } from '@personr/law';
import { redactPaper } from '../paper/redact-paper.js';
import { redactJson, redactText } from '../paper/redact-text.js';
import { type PictureRole } from '../picture/certainty.js';
import { type TextReader } from '../picture/ocr.js';
import { redactPicture } from '../picture/redact-picture.js';
import { strippedFilm } from '../recording/quicktime.js';
import { strippedWave } from '../recording/wave.js';
import { type Document, type Redaction, withheld, type WithheldReason } from '../redaction.js';
import { valuesInBytes } from '../values/find-values.js';
import { type ForbiddenValue } from '../values/forbidden-value.js';

const ROLES: Partial<Record<ElementCode, PictureRole>> = {
  DOCUMENT_FACE_PICTURE: 'IDENTITY',
  MRZ: 'IDENTITY_ZONE',
  BARCODE_CONTENTS: 'IDENTITY_BARCODE',
  VACCINATION_CERTIFICATE: 'CERTIFICATE',
  TEST_CERTIFICATE: 'CERTIFICATE',
  RECOVERY_CERTIFICATE: 'CERTIFICATE',
  SOURCE_OF_FUNDS: 'STATEMENT',
};

const WITHHELD_WHOLE: Partial<Record<ConsumerExport, WithheldReason>> = {
  WITHHOLD_AND_DESCRIBE: 'SECURITY_DATA',
  DESCRIBE: 'DESCRIBED_ONLY',
  PER_BUSINESS: 'DESCRIBED_ONLY',
};

type Redact = (bytes: Buffer, forbidden: readonly ForbiddenValue[]) => Redaction | Promise<Redaction>;

const film: Redact = (bytes, forbidden) => recording(strippedFilm(bytes), forbidden);
const sound: Redact = (bytes, forbidden) => recording(strippedWave(bytes), forbidden);

const OTHERS: Readonly<Record<string, Redact>> = {
  'application/pdf': redactPaper,
  'application/json': redactJson,
  'text/plain': redactText,
  'text/csv': redactText,
  'video/quicktime': film,
  'video/mp4': film,
  'audio/wav': sound,
  'audio/x-wav': sound,
  'audio/vnd.wave': sound,
};

/** What the consumer is given of a document. */
export async function redact(document: Document, bytes: Buffer, reader: TextReader): Promise<Redaction> {
  const { element, mediaType, forbidden } = document;
  const role = ROLES[element];
  const reason = role === undefined ? WITHHELD_WHOLE[ELEMENTS[element].consumerExport] : undefined;
  if (reason !== undefined) return withheld(reason);
  if (mediaType.startsWith('image/')) return redactPicture(bytes, document, role ?? 'PLAIN', reader);
  // A card or page of identity is a picture; whatever else it comes as is not looked into.
  const other = role?.startsWith('IDENTITY') === true ? undefined : OTHERS[mediaType];
  return other === undefined ? withheld('KIND_UNKNOWN') : other(bytes, forbidden);
}

function recording(bytes: Buffer | undefined, forbidden: readonly ForbiddenValue[]): Redaction {
  if (bytes === undefined) return withheld('UNREADABLE');
  if (valuesInBytes(bytes, forbidden).length > 0) return withheld('VALUE_LEFT');
  return { outcome: 'GIVEN', bytes, covered: 0 };
}
