import { type Person } from '../people/person.js';
import { expand } from '../people/stream.js';
import { type Specimen } from '../specimen.js';

export const FLOATS = 512;

/**
 * A face as a comparing engine keeps it: 512 numbers of length 1 together, as little-endian 32-bit floats and as
 * JSON. Drawn from the person's seed, measured from no face.
 */
export function faceTemplatesOf({ seed, index }: Person): Specimen[] {
  const noise = expand(`${seed}/${index}/face-512`, FLOATS * 4);
  const raw = Array.from({ length: FLOATS }, (_, at) => (noise.readUInt32LE(at * 4) / 2 ** 32) * 2 - 1);
  const length = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
  const vector = Float32Array.from(raw, (value) => value / length);
  const bytes = Buffer.alloc(FLOATS * 4);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * 4));
  const document = { specimen: true, engine: 'invented-face-1', norm: 'L2', vector: Array.from(vector) };
  const common = { element: 'FACE_TEMPLATE', facts: { floats: FLOATS } } as const;
  return [
    { ...common, name: 'face-template.bin', contentType: 'application/octet-stream', bytes },
    {
      ...common,
      name: 'face-template.json',
      contentType: 'application/json',
      bytes: Buffer.from(`${JSON.stringify(document)}\n`),
    },
  ];
}
