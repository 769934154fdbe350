import { type Document, type ForbiddenValue, Redactor, USUAL_BOUNDS } from '@personr/redaction';
import { type Person, type Specimen } from '@personr/specimens';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

const wasmBinary = new Uint8Array(
  readFileSync(createRequire(__filename).resolve('zxing-wasm/reader/zxing_reader.wasm')),
).buffer;
const ready = prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

/** A redactor with the built child, that waits as long as a machine with other work needs. */
export const aRedactor = (): Redactor =>
  new Redactor({
    ...USUAL_BOUNDS,
    mostSeconds: 600,
    childFile: join(process.cwd(), 'libs/redaction/dist/child/redaction.child.js'),
  });

/** What is held of the person and must not be in what this person is given. */
export const forbiddenOf = (person: Person): ForbiddenValue[] => [
  { kind: 'SSN', value: person.ssn },
  { kind: 'DRIVERS_LICENCE_NUMBER', value: person.driversLicenseNumber },
  { kind: 'ID_NUMBER', value: person.stateIdNumber },
  { kind: 'ID_NUMBER', value: person.passport.number },
  { kind: 'ACCOUNT_NUMBER', value: person.bankAccountNumber },
  { kind: 'BIOMETRIC', value: person.faceTemplate },
];

/** The specimen as it would have been taken in. */
export const documentOf = (
  { element, contentType }: Specimen,
  forbidden: readonly ForbiddenValue[],
): Document => ({ element, mediaType: contentType, forbidden });

/** What an outside detector reads from every barcode in the picture. */
export async function barcodeTexts(picture: Buffer): Promise<string[]> {
  await ready;
  return (await readBarcodes(picture, { tryHarder: true })).map(({ text }) => text);
}

const isInk = (pixels: Buffer, at: number): boolean =>
  pixels.subarray(at, at + 3).every((channel) => Math.abs(channel - 0x11) < 12);

/** How much of a picture was painted over, and how far the rest differs: the mean of all channels, 0 to 255. */
export async function difference(
  before: Buffer,
  after: Buffer,
): Promise<{ readonly covered: number; readonly rest: number }> {
  const [one, other] = [await pixelsOf(before), await pixelsOf(after)];
  if (one.length !== other.length) throw new Error('another size');
  let [covered, differing] = [0, 0];
  for (let at = 0; at < other.length; at += 3) {
    if (isInk(other, at)) covered += 1;
    else {
      for (let channel = at; channel < at + 3; channel += 1)
        differing += Math.abs(one.readUInt8(channel) - other.readUInt8(channel));
    }
  }
  return { covered: covered / (other.length / 3), rest: differing / (other.length - covered * 3) };
}

const pixelsOf = (picture: Buffer): Promise<Buffer> =>
  sharp(picture).autoOrient().flatten({ background: '#fff' }).removeAlpha().raw().toBuffer();

/** The picture with rectangles of one colour painted over it. */
export const painted = (
  picture: Buffer,
  colour: string,
  ...boxes: readonly (readonly [left: number, top: number, width: number, height: number])[]
): Promise<Buffer> =>
  sharp(picture)
    .composite(
      boxes.map(([left, top, width, height]) => ({
        input: { create: { width, height, channels: 3, background: colour } },
        left,
        top,
      })),
    )
    .png()
    .toBuffer();
