import { type WithheldReason } from '../redaction.js';
import { type Barcode } from './barcodes.js';
import { type Reading } from './find-text.js';

/** What has to be found in a picture before it is given. */
export type PictureRole =
  /** A document of identity: its number, its zone when it has one, its barcode when that is what it is of. */
  | 'IDENTITY'
  | 'IDENTITY_ZONE'
  | 'IDENTITY_BARCODE'
  /** A health certificate: its code. */
  | 'CERTIFICATE'
  /** A page of figures: legible text. */
  | 'STATEMENT'
  /** A face or a signature: nothing, unless text shows that there is a document in it. */
  | 'PLAIN';

/** As many words as say that a picture's text can be read, and as many as say that it shows a document. */
export const LEGIBLE = 3;
const TEXT_OF_A_DOCUMENT = 8;

type Doubt = (codes: readonly Barcode[], reading: Reading) => WithheldReason | undefined;

const unlessLegible: Doubt = (_, { sureWords, zone }) =>
  sureWords < LEGIBLE && zone === undefined ? 'NOT_LEGIBLE' : undefined;

const unlessBarcode: Doubt = (codes) => (codes.some(({ sound }) => sound) ? undefined : 'BARCODE_NOT_FOUND');

const unlessZone: Doubt = (_, { zone }) => (zone === undefined ? 'ZONE_NOT_FOUND' : undefined);

/** A passport has a zone, and what looks like one has to be read. */
const unlessZoneIfAny: Doubt = (codes, reading) =>
  reading.namesPassport || reading.hintsAtZone ? unlessZone(codes, reading) : undefined;

const unlessNumber: Doubt = (_, { showsNumber }) => (showsNumber ? undefined : 'NUMBER_NOT_FOUND');

const DOUBTS: Readonly<Record<PictureRole, readonly Doubt[]>> = {
  IDENTITY: [unlessLegible, unlessZoneIfAny, unlessNumber],
  IDENTITY_ZONE: [unlessLegible, unlessZone],
  IDENTITY_BARCODE: [unlessLegible, unlessBarcode, unlessZoneIfAny],
  CERTIFICATE: [unlessBarcode],
  STATEMENT: [unlessLegible],
  PLAIN: [],
};

/** Why it is not certain that all was found, or undefined when it is. */
export function uncertainty(
  role: PictureRole,
  codes: readonly Barcode[],
  reading: Reading,
): WithheldReason | undefined {
  const asked = role === 'PLAIN' && showsDocument(codes, reading) ? 'IDENTITY' : role;
  const [reason] = DOUBTS[asked].flatMap((doubt) => doubt(codes, reading) ?? []);
  return reason;
}

const showsDocument: (codes: readonly Barcode[], reading: Reading) => boolean = (codes, reading) =>
  codes.length > 0 || reading.hintsAtZone || reading.showsNumber || reading.sureWords >= TEXT_OF_A_DOCUMENT;
