import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { type Specimen } from './specimen.js';

// The library would fetch its code from the web otherwise.
const wasmBinary = new Uint8Array(
  readFileSync(createRequire(__filename).resolve('zxing-wasm/reader/zxing_reader.wasm')),
).buffer;
const ready = prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });

/** What an outside detector reads from a picture. */
export async function detect(picture: Uint8Array, format: 'PDF417' | 'QRCode'): Promise<string[]> {
  await ready;
  const found = await readBarcodes(picture, { formats: [format], tryHarder: true });
  return found.map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
}

/** The picture turned by so many degrees and made smaller, on a grey table, as a phone might see it. */
export const askew = (picture: Uint8Array, degrees: number, width: number): Promise<Buffer> =>
  sharp(picture)
    .rotate(degrees, { background: '#8a8f94' })
    .resize({ width })
    .jpeg({ quality: 80 })
    .toBuffer();

/** The one specimen of that name. Throws when there is none. */
export function named(specimens: readonly Specimen[], name: string): Specimen {
  const found = specimens.find((specimen) => specimen.name === name);
  if (found === undefined) throw new Error(`no specimen ${name}`);
  return found;
}

/** The grey of the picture made 4 by 4 pixels small: what is left when roundings are not looked at. */
export async function roughly(picture: Uint8Array): Promise<number[]> {
  const small = sharp(picture).removeAlpha().greyscale().resize(4, 4, { fit: 'fill', kernel: 'linear' });
  return [...(await small.raw().toBuffer())];
}

/** The atoms of a QuickTime file at one level: name and body, with where the body begins. */
export function atomsOf(bytes: Buffer, from = 0): { name: string; body: Buffer; at: number }[] {
  const atoms = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > bytes.length)
      throw new Error(`an atom does not end within the file: ${size}`);
    atoms.push({
      name: bytes.toString('latin1', at + 4, at + 8),
      body: bytes.subarray(at + 8, at + size),
      at: from + at + 8,
    });
    at += size;
  }
  return atoms;
}

/** The body of the atom that the names lead to, one below the other. */
export function atomAt(bytes: Buffer, ...names: readonly string[]): Buffer {
  return names.reduce((body, name) => {
    const found = atomsOf(body).find((atom) => atom.name === name);
    if (found === undefined) throw new Error(`no atom ${name}`);
    return found.body;
  }, bytes);
}
