import { type Document, type Redaction, withheld } from '../redaction.js';
import { numbersInBarcode } from '../values/aamva.js';
import { type ForbiddenValue } from '../values/forbidden-value.js';
import { type Barcode, barcodesIn } from './barcodes.js';
import { type PictureRole, uncertainty } from './certainty.js';
import { type Reading } from './find-text.js';
import { type TextReader } from './ocr.js';
import { type Check, leftIn } from './left-in-picture.js';
import { contains, cover, middleOf } from './polygon.js';
import { decode, encode, type PictureType, pictureTypeOf, type Raster } from './raster.js';
import { readUpright } from './read-upright.js';
import { hasUnreadCode } from './texture.js';

const COVERINGS = 4;
const ROUNDS = 3;

/** Covers in the pixels what the picture must not show, or withholds it. See the README for what is certain. */
export async function redactPicture(
  bytes: Buffer,
  document: Document,
  role: PictureRole,
  reader: TextReader,
): Promise<Redaction> {
  const type = pictureTypeOf(bytes);
  if (type === undefined || type !== document.mediaType) return withheld('NOT_WHAT_IT_SAYS');
  const raster = await decode(bytes).catch(() => undefined);
  return raster === undefined
    ? withheld('UNREADABLE')
    : redactRaster(raster, type, { document, role, reader });
}

type Work = { readonly document: Document; readonly role: PictureRole; readonly reader: TextReader };

async function redactRaster(
  raster: Raster,
  type: PictureType,
  { document, role, reader }: Work,
): Promise<Redaction> {
  const codes = await coverBarcodes(raster);
  if (codes === undefined || (await hasUnreadCode(raster))) return withheld('BARCODE_NOT_FOUND');
  const forbidden = [...document.forbidden, ...numbersOf(codes)];
  const { reading, degrees } = await readUpright(raster, { reader, forbidden, role });
  const reason = uncertainty(role, codes, reading);
  if (reason !== undefined) return withheld(reason);
  for (const region of reading.regions) cover(raster, region);
  const known = [...forbidden, ...numbersOfZone(reading)];
  const masked = await coverWhatIsLeft(raster, type, { forbidden: known, degrees, reader });
  if (masked === undefined) return withheld('VALUE_LEFT');
  return { outcome: 'GIVEN', bytes: masked, covered: codes.length + reading.regions.length };
}

/** Covers every barcode until none is found; undefined when one stays, or one was seen that could not be read. */
async function coverBarcodes(raster: Raster): Promise<Barcode[] | undefined> {
  const all: Barcode[] = [];
  for (let round = 0; round < COVERINGS; round += 1) {
    const codes = await barcodesIn(raster);
    if (codes.length === 0) return all.some((code) => isUnread(code, all)) ? undefined : all;
    all.push(...codes);
    for (const { polygon } of codes) cover(raster, polygon);
  }
  return undefined;
}

const isUnread = (code: Barcode, all: readonly Barcode[]): boolean =>
  code.isMatrix &&
  !code.sound &&
  !all.some((other) => other.sound && contains(other.polygon, middleOf(code.polygon)));

const numbersOf = (codes: readonly Barcode[]): ForbiddenValue[] =>
  codes.flatMap(({ text }) => numbersInBarcode(text));

const numbersOfZone = ({ zone }: Reading): ForbiddenValue[] =>
  zone === undefined ? [] : [{ kind: 'ID_NUMBER', value: zone.documentNumber }];

/** Writes the picture and searches it in all four directions; covers what is found; undefined when some stays. */
async function coverWhatIsLeft(
  raster: Raster,
  type: 'image/png' | 'image/jpeg' | 'image/webp',
  check: Check,
) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const written = await encode(raster, type);
    const left = await leftIn(written, check);
    if (left === undefined) return undefined;
    if (left.length === 0) return written;
    for (const region of left) cover(raster, region);
  }
  return undefined;
}
