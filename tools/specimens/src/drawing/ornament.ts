import { type Stream } from '../people/stream.js';
import { outline } from './lettering.js';
import { type Box, group, num, path, stroke, type Svg } from './svg.js';

/** Fine lines over the whole box, as a printer of security paper draws them; their waves come from the stream. */
export function guilloche(box: Box, stream: Stream, colours: readonly string[]): Svg {
  return group(
    {},
    ...colours.map((colour) => {
      const wave = {
        slow: 1.1 + stream.below(100) / 90,
        fast: 4 + stream.below(100) / 25,
        phase: stream.below(628) / 100,
        tilt: stream.below(200) / 200 - 0.5,
      };
      const lines = Array.from({ length: 24 }, (_, line) => waveLine(box, wave, line / 23));
      return stroke(lines.join(''), colour, 1.1, { 'stroke-opacity': 0.4 });
    }),
  );
}

type Wave = { readonly slow: number; readonly fast: number; readonly phase: number; readonly tilt: number };

function waveLine({ x, y, width, height }: Box, { slow, fast, phase, tilt }: Wave, share: number): string {
  const steps = Math.ceil(width / 16);
  const points = Array.from({ length: steps + 1 }, (_, step) => {
    const along = step / steps;
    const angle = along * 2 * Math.PI;
    const swing = Math.sin(angle * slow + phase + share * 2.4) * 0.16;
    const ripple = Math.sin(angle * fast + phase * 2 - share * 3.5) * 0.05;
    const across = share * 1.25 - 0.125 + swing + ripple + tilt * (along - 0.5) * 0.3;
    return `${num(x + along * width)} ${num(y + across * height)}`;
  });
  return `M${points.join('L')}`;
}

/** A rosette of interlaced rings: the emblem of a state that does not exist. */
export function rosette(
  at: { readonly x: number; readonly y: number; readonly radius: number },
  petals: number,
  colour: string,
  opacity = 1,
): Svg {
  const rings = Array.from({ length: 9 }, (_, ring) => {
    const points = Array.from({ length: 145 }, (_, step) => {
      const angle = (step / 144) * 2 * Math.PI;
      const bulge = 0.62 + 0.24 * Math.sin(petals * angle + (ring / 9) * 2 * Math.PI) + ring * 0.014;
      return `${num(at.x + Math.cos(angle) * at.radius * bulge)} ${num(at.y + Math.sin(angle) * at.radius * bulge)}`;
    });
    return `M${points.join('L')}Z`;
  });
  return stroke(rings.join(''), colour, Math.max(0.8, at.radius / 110), { 'stroke-opacity': opacity });
}

/** The word SPECIMEN, large, slanted and see-through across the box. */
export function specimenMark(box: Box, size: number, colour = '#c2273a'): Svg {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const word = outline('SPECIMEN', {
    x,
    y: y + size * 0.35,
    size,
    weight: 700,
    anchor: 'middle',
    tracking: size * 0.12,
  });
  return group(
    { transform: `rotate(-16 ${num(x)} ${num(y)})` },
    path(word, {
      fill: colour,
      'fill-opacity': 0.13,
      stroke: colour,
      'stroke-opacity': 0.55,
      'stroke-width': size / 70,
    }),
  );
}
