import sharp from 'sharp';
import { inflateSync } from 'node:zlib';
import { paperTexts } from '../paper/paper-texts.js';
import { barcodesIn } from '../picture/barcodes.js';
import { levelling } from '../picture/frame.js';
import { readAround, saysForbidden } from '../picture/left-in-picture.js';
import { type TextReader } from '../picture/ocr.js';
import { decode, pictureTypeOf } from '../picture/raster.js';
import { type Finding, type PackedFile } from '../redaction.js';
import { sightings, valuesInBytes, valuesInText } from '../values/find-values.js';
import { type ForbiddenKind, type ForbiddenValue } from '../values/forbidden-value.js';

type Where = Exclude<Finding, { kind: 'UNSEARCHABLE' }>['where'];

const TEXT = /^(text\/(plain|csv|html)|application\/(json|schema\+json))$/;
const RECORDING = /^(video\/(quicktime|mp4)|audio\/(wav|x-wav|vnd\.wave))$/;
const PER_ERROR = 8;

/** Searches a file for the values, whatever it is said to be. Never throws for what the file is. */
export async function search(
  file: PackedFile,
  forbidden: readonly ForbiddenValue[],
  reader: TextReader,
): Promise<Finding[]> {
  const bytes = Buffer.from(file.bytes);
  const plain = [
    ...as('NAME', valuesInText(file.name, forbidden)),
    ...as('BYTES', valuesInBytes(bytes, forbidden)),
  ];
  const within = await searchWithin(file.mediaType, bytes, { forbidden, reader }).catch(() => UNSEARCHABLE);
  return [...plain, ...within];
}

const UNSEARCHABLE: readonly Finding[] = [{ kind: 'UNSEARCHABLE', where: 'BYTES' }];

const as = (where: Where, values: readonly { kind: ForbiddenKind }[]): Finding[] =>
  [...new Set(values.map(({ kind }) => kind))].map((kind) => ({ kind, where }));

type With = { readonly forbidden: readonly ForbiddenValue[]; readonly reader: TextReader };

/** Looks at what the bytes are, not only at what they are called. */
async function searchWithin(mediaType: string, bytes: Buffer, using: With): Promise<readonly Finding[]> {
  if (pictureTypeOf(bytes) !== undefined) return searchPicture(bytes, using);
  if (bytes.toString('latin1', 0, 1024).includes('%PDF-')) {
    return (await paperTexts(bytes)).flatMap((text) => as('PAPER', valuesInBytes(text, using.forbidden)));
  }
  return TEXT.test(mediaType) || RECORDING.test(mediaType) ? [] : UNSEARCHABLE;
}

async function searchPicture(bytes: Buffer, { forbidden, reader }: With): Promise<readonly Finding[]> {
  const metadata = await metadataOf(bytes);
  const raster = await decode(bytes);
  const codes = await barcodesIn(raster);
  if (codes.some(({ isMatrix, sound }) => isMatrix && !sound)) return UNSEARCHABLE;
  const readings = await readAround(raster, await levelling(raster), reader, forbidden);
  const lines = readings.flatMap(({ text }) => text.split('\n'));
  const sought = forbidden.filter(({ kind }) => kind !== 'BIOMETRIC');
  const zones = readings.filter((reading) => saysForbidden(reading, []));
  return [
    ...as(
      'METADATA',
      metadata.flatMap((part) => valuesInBytes(part, forbidden)),
    ),
    ...as(
      'BARCODE',
      codes.flatMap(({ text }) => valuesInText(text, forbidden)),
    ),
    ...as(
      'PICTURE',
      lines.flatMap((line) => sightings(line, sought, PER_ERROR)).map(({ value }) => value),
    ),
    ...as(
      'PICTURE',
      zones.map(() => ({ kind: 'ID_NUMBER' as const })),
    ),
  ];
}

async function metadataOf(bytes: Buffer): Promise<Buffer[]> {
  const { exif, xmp, iptc, icc, tifftagPhotoshop } = await sharp(bytes).metadata();
  return [exif, xmp, iptc, icc, tifftagPhotoshop, ...pngTexts(bytes)].filter((part) => part !== undefined);
}

const COMPRESSED = new Set(['zTXt', 'iTXt', 'iCCP']);

/** The compressed texts of a PNG file: W3C PNG, section 11.3.3. */
function pngTexts(bytes: Buffer): Buffer[] {
  const texts: Buffer[] = [];
  if (pictureTypeOf(bytes) !== 'image/png') return texts;
  for (let at = 8; at + 8 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 8, end);
    if (COMPRESSED.has(bytes.toString('latin1', at + 4, at + 8))) texts.push(inflated(body));
    at = end + 4;
  }
  return texts;
}

const MOST_TEXT = 16 * 2 ** 20;

/** What is compressed in the chunk, wherever in it that begins. */
function inflated(body: Buffer): Buffer {
  for (let at = body.indexOf(0x78); at >= 0; at = body.indexOf(0x78, at + 1)) {
    try {
      return inflateSync(body.subarray(at), { maxOutputLength: MOST_TEXT });
    } catch (error) {
      if (error instanceof RangeError) throw error;
    }
  }
  return Buffer.alloc(0);
}
