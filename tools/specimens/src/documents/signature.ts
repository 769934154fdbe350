import { rasterise, toPng } from '../drawing/raster.js';
import { picture, rectangle } from '../drawing/svg.js';
import { type Person } from '../people/person.js';
import { type Specimen } from '../specimen.js';
import { signature } from './parts.js';

const PAD = { x: 0, y: 0, width: 640, height: 240 };

/** The person's signature as a pad records it: the one on passport, licence and card. */
export async function signatureOf(person: Person): Promise<Specimen> {
  const drawing = picture(
    PAD.width,
    PAD.height,
    rectangle(PAD, { fill: '#ffffff' }),
    signature(person, { x: 50, y: 40, width: 540, height: 160 }),
  );
  return {
    name: 'signature.png',
    element: 'SIGNATURE',
    contentType: 'image/png',
    bytes: await toPng(await rasterise(drawing)),
    facts: { widthPx: PAD.width, heightPx: PAD.height },
  };
}
