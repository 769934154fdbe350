import { faceTraitsOf } from '../drawing/face-traits.js';
import { AT_REST, face } from '../drawing/face.js';
import { lettering, widthOf } from '../drawing/lettering.js';
import { group, num, rectangle, stroke, type Box, type Svg } from '../drawing/svg.js';
import { type Person } from '../people/person.js';
import { openStream } from '../people/stream.js';

/** Where a caption with its value stands, and how large; `size` is the value's. */
export type Place = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly width?: number;
};

const CAPTION = '#5a6672';
const INK = '#1d2733';

/** A value under its small caption. A value too long for `width` is set smaller until it fits. */
export function field(caption: string, value: string, { x, y, size, width = Infinity }: Place): Svg {
  const natural = widthOf(value, { size, weight: 600 });
  const fitted = natural > width ? (size * width) / natural : size;
  return (
    lettering(caption, { x, y, size: size * 0.52, fill: CAPTION, tracking: size * 0.012 }) +
    lettering(value, { x, y: y + size * 1.06, size: fitted, weight: 600, fill: INK })
  );
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** `2031-04-07` as a document prints it: `07 APR 2031`. */
export function printedDate(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day} ${MONTHS[Number(month) - 1] ?? ''} ${year}`;
}

/** The same day, some years earlier. */
export const yearsBefore = (date: string, years: number): string =>
  `${Number(date.slice(0, 4)) - years}${date.slice(4)}`;

/** The bearer's picture as a document carries it, in a thin frame. */
export const portrait = (person: Person, box: Box, id: string): Svg =>
  rectangle(box, { fill: '#dfe6e8' }) +
  face(faceTraitsOf(person), AT_REST, { box, id }) +
  rectangle(box, { fill: 'none', stroke: '#6b7a86', 'stroke-width': 2 });

/** The same picture, small and faint. */
export const ghost = (person: Person, box: Box, id: string): Svg =>
  group({ opacity: 0.34 }, face(faceTraitsOf(person), AT_REST, { box, id }));

/** A signature, made up of loops: one unlike another, none of them writing. */
export function signature({ seed, index, givenName, familyName }: Person, box: Box): Svg {
  const stream = openStream(`${seed}/${index}/signature`);
  const letters = Math.min(13, givenName.length + Math.ceil(familyName.length / 2));
  const step = box.width / (letters + 3);
  const base = box.y + box.height * 0.68;
  let [x, y] = [box.x + step * 0.6, base];
  let data = `M${num(x)} ${num(y)}`;
  for (let letter = 0; letter < letters; letter += 1) {
    const isTall = letter === 0 || letter === givenName.length || stream.below(4) === 0;
    const height = box.height * (isTall ? 0.62 : 0.16 + stream.below(12) / 100);
    const dip = stream.below(5) === 0 ? box.height * 0.25 : 0;
    const next = {
      x: x + step * (0.8 + stream.below(50) / 100),
      y: base + stream.below(8) - 4 - letter * 0.7,
    };
    data +=
      `C${num(x + step * 1.3)} ${num(y - height * 0.4)} ${num(x + step * 0.9)} ${num(base - height)} ${num(x + step * 0.35)} ${num(base - height * 0.9)}` +
      `C${num(x - step * 0.2)} ${num(base - height * 0.6)} ${num(x + step * 0.2)} ${num(base + dip)} ${num(next.x)} ${num(next.y)}`;
    [x, y] = [next.x, next.y];
  }
  const end = Math.min(box.x + box.width, x + step * 3);
  data += `C${num(x + step)} ${num(y - 10)} ${num(end - step)} ${num(base + 16)} ${num(end)} ${num(base - 6)}`;
  return stroke(data, '#1c2a5a', Math.max(2.2, box.height / 28));
}
