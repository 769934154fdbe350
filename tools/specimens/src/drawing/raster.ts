import sharp from 'sharp';
import { expand } from '../people/stream.js';
import { type Svg } from './svg.js';

/** Pixels, three bytes each, row by row from the top. */
export type Raster = { readonly pixels: Buffer; readonly width: number; readonly height: number };

/** What a camera would write into its file; the keys of EXIF, by directory. */
export type Exif = Readonly<Record<'IFD0' | 'IFD2' | 'IFD3', Readonly<Record<string, string>>>>;

/** Turns a drawing into pixels. */
export async function rasterise(drawing: Svg): Promise<Raster> {
  const { data, info } = await sharp(Buffer.from(drawing))
    .flatten({ background: '#ffffff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

/** The grain of a camera's sensor, up to `strength` of 255 either way: the same for the same label. */
export function withGrain({ pixels, width, height }: Raster, label: string, strength: number): Raster {
  const grain = new Uint8ClampedArray(pixels);
  const shifts = Array.from({ length: 511 }, (_, drawn) => Math.round(((drawn - 255) * strength) / 255));
  let state = expand(label, 4).readUInt32LE() | 1;
  for (let at = 0; at < pixels.length; at += 3) {
    // xorshift32 (Marsaglia): two draws summed, so that small deviations are the likely ones.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const shift = shifts[(state & 0xff) + ((state >>> 8) & 0xff)] ?? 0;
    grain[at] = (pixels[at] ?? 0) + shift;
    grain[at + 1] = (pixels[at + 1] ?? 0) + shift;
    grain[at + 2] = (pixels[at + 2] ?? 0) + shift;
  }
  return { pixels: Buffer.from(grain.buffer), width, height };
}

const source = ({ pixels, width, height }: Raster) => sharp(pixels, { raw: { width, height, channels: 3 } });

/** As PNG, at the density of print. */
export const toPng = (raster: Raster): Promise<Buffer> =>
  source(raster).png({ compressionLevel: 7 }).withMetadata({ density: 300 }).toBuffer();

/** As baseline JPEG, with EXIF when there is some. */
export function toJpeg(raster: Raster, { quality, exif }: { quality: number; exif?: Exif }): Promise<Buffer> {
  const encoded = source(raster).jpeg({ quality, chromaSubsampling: '4:2:0' });
  return (exif === undefined ? encoded : encoded.withExif(exif)).toBuffer();
}
