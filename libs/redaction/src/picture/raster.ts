import sharp, { type Sharp } from 'sharp';

/** The pixels of a picture as one sees them: red, green, blue, a byte each, row by row. */
export type Raster = { readonly data: Buffer; readonly width: number; readonly height: number };

export type PictureType = 'image/png' | 'image/jpeg' | 'image/webp';

/** The most pixels a picture may have: more than any telephone takes, 120 MB when decoded. */
export const MOST_PIXELS = 40_000_000;
const [JPEG_QUALITY, WEBP_QUALITY] = [92, 92] as const;

const MAGIC: readonly (readonly [PictureType, number, string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/webp', 8, 'WEBP'],
];

/** The kind of picture that the first bytes are of, or undefined. */
export const pictureTypeOf = (bytes: Buffer): PictureType | undefined =>
  MAGIC.find(([, at, magic]) => bytes.toString('latin1', at, at + magic.length) === magic)?.[0];

/**
 * Decodes the first picture in the bytes, upright as its EXIF says, on white where it is transparent. Throws when
 * it is truncated, damaged or has more than 40 million pixels. What surrounds the pixels is not kept.
 */
export async function decode(bytes: Buffer): Promise<Raster> {
  const { data, info } = await sharp(bytes, { limitInputPixels: MOST_PIXELS, failOn: 'warning' })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data: info.channels === 3 ? data : tripled(data), width: info.width, height: info.height };
}

function tripled(grey: Buffer): Buffer {
  const data = Buffer.alloc(grey.length * 3);
  for (let at = 0; at < grey.length; at += 1) data.fill(grey.readUInt8(at), at * 3, at * 3 + 3);
  return data;
}

/** The raster for sharp to work on. */
export const imageOf = ({ data, width, height }: Raster): Sharp =>
  sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: MOST_PIXELS });

/** Writes the pixels, and nothing else, as a picture of the kind: exact in PNG, nearly so in JPEG and WebP. */
export function encode(raster: Raster, type: PictureType): Promise<Buffer> {
  const image = imageOf(raster);
  if (type === 'image/png') return image.png({ compressionLevel: 6 }).toBuffer();
  if (type === 'image/webp') return image.webp({ quality: WEBP_QUALITY }).toBuffer();
  return image.jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }).toBuffer();
}
