import { guilloche } from '../drawing/ornament.js';
import { type Exif, rasterise, toJpeg, toPng, withGrain } from '../drawing/raster.js';
import { element, gradient, picture, rectangle, type Svg } from '../drawing/svg.js';
import { openStream } from '../people/stream.js';
import { type Specimen } from '../specimen.js';

/** ISO/IEC 7810 ID-1, 85.60 mm by 53.98 mm, at this many pixels a millimetre. */
export const MM = 14;
export const CARD = { x: 0, y: 0, width: 1198, height: 756 } as const;

/** What paper a card is printed on: three tones of the ground, and the colours of its fine lines. */
export type Paper = { readonly ground: readonly [string, string, string]; readonly lines: readonly string[] };

/** A card, printed over its paper; `label` decides the waves of the lines. */
export function drawCard(label: string, { ground, lines }: Paper, ...print: readonly Svg[]): Svg {
  const [left, middle, right] = ground;
  return picture(
    CARD.width,
    CARD.height,
    element(
      'defs',
      {},
      gradient('linearGradient', 'paper', { x1: 0, y1: 0, x2: 1, y2: 0.7 }, [
        [0, left],
        [0.55, middle],
        [1, right],
      ]),
    ),
    rectangle(CARD, { fill: 'url(#paper)' }),
    guilloche(CARD, openStream(label), lines),
    ...print,
  );
}

/** One side of a card as a scan (PNG) and as a phone's picture (JPEG): the same facts in both. */
export async function bothForms(
  drawing: Svg,
  { name, element: code, facts }: Pick<Specimen, 'name' | 'element' | 'facts'>,
  { exif, label }: { exif: Exif; label: string },
): Promise<Specimen[]> {
  const scan = await rasterise(drawing);
  const size = { widthPx: scan.width, heightPx: scan.height };
  const metadata = Object.values(exif).flatMap((directory) => Object.values(directory));
  return [
    {
      name: `${name}.png`,
      element: code,
      contentType: 'image/png',
      bytes: await toPng(scan),
      facts: { ...facts, ...size },
    },
    {
      name: `${name}.jpg`,
      element: code,
      contentType: 'image/jpeg',
      bytes: await toJpeg(withGrain(scan, `${label}/${name}`, 6), { quality: 88, exif }),
      facts: { ...facts, ...size, metadata },
    },
  ];
}
