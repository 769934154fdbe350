import { beard, brows, eyes, freckles, glasses, mouth, nose, type Pose } from './face-features.js';
import { type FaceTraits } from './face-traits.js';
import { hairBehind, hairInFront } from './hair.js';
import { element, gradient, group, path, stroke, type Box, type Svg } from './svg.js';

export { AT_REST, type Pose } from './face-features.js';

/** What a face's drawing is 400 wide and 500 high in. */
const FRAME = { width: 400, height: 500 };

/** Draws the face with head and shoulders into the box, cut to it. `id` tells it from other faces of the picture. */
export function face(traits: FaceTraits, pose: Pose, { box, id }: { box: Box; id: string }): Svg {
  const shift = pose.turn * 13;
  return element(
    'svg',
    {
      ...box,
      viewBox: `0 0 ${FRAME.width} ${FRAME.height}`,
      preserveAspectRatio: 'xMidYMid slice',
    },
    shades(traits, id),
    hairBehind(traits, `url(#${id}-hair)`, shift),
    shoulders(traits, id),
    ears(traits, id, shift),
    head(traits, id),
    group(
      { transform: `translate(${shift} 0)` },
      brows(traits),
      eyes(traits, pose, id),
      nose(traits, pose),
      mouth(traits, pose),
      beard(traits),
      freckles(traits),
    ),
    hairInFront(traits, `url(#${id}-hair)`, shift),
    traits.hasGlasses ? glasses(shift * 1.1) : '',
  );
}

function shades({ skin, hair, shirt, iris }: FaceTraits, id: string): Svg {
  return element(
    'defs',
    {},
    gradient('radialGradient', `${id}-skin`, { cx: 0.42, cy: 0.4, r: 0.72 }, [
      [0, skin.light],
      [0.62, skin.light],
      [1, skin.dark],
    ]),
    gradient('linearGradient', `${id}-neck`, { x1: 0, y1: 0, x2: 0, y2: 1 }, [
      [0, skin.dark],
      [0.75, skin.light],
    ]),
    gradient('linearGradient', `${id}-hair`, { x1: 0.2, y1: 0, x2: 0.9, y2: 1 }, [
      [0, hair.light],
      [1, hair.dark],
    ]),
    gradient('linearGradient', `${id}-shirt`, { x1: 0.2, y1: 0, x2: 0.8, y2: 1 }, [
      [0, shirt.light],
      [1, shirt.dark],
    ]),
    gradient('radialGradient', `${id}-iris`, { cx: 0.5, cy: 0.62, r: 0.6 }, [
      [0, '#ffffff', 0.35],
      [0.5, iris, 0.9],
      [1, '#1a120c'],
    ]),
    gradient('radialGradient', `${id}-blush`, {}, [
      [0, '#d2603f', 0.2],
      [1, '#d2603f', 0],
    ]),
  );
}

const shoulders = ({ shirt }: FaceTraits, id: string): Svg =>
  group(
    {},
    path('M24 500C28 446 64 424 118 410L160 392H240L282 410C336 424 372 446 376 500Z', {
      fill: `url(#${id}-shirt)`,
    }),
    path('M152 300C154 350 154 372 146 396C160 428 240 428 254 396C246 372 246 350 248 300Z', {
      fill: `url(#${id}-neck)`,
    }),
    path(
      'M146 392C138 398 134 404 132 412C158 448 186 456 200 456C214 456 242 448 268 412C266 404 262 398 254 392C240 424 160 424 146 392Z',
      {
        fill: shirt.dark,
        'fill-opacity': 0.85,
      },
    ),
  );

const ears = ({ halfWidth, skin }: FaceTraits, id: string, shift: number): Svg =>
  group(
    {},
    ...[-1, 1].map((side) => {
      const x = 200 + side * (halfWidth + 1) - shift * 0.5;
      const out = (by: number): number => x + side * by;
      const shell = `M${out(-8)} 206C${out(14)} 190 ${out(20)} 218 ${out(14)} 236C${out(10)} 254 ${out(0)} 262 ${out(-8)} 254Z`;
      return (
        path(shell, { fill: `url(#${id}-skin)`, stroke: skin.dark, 'stroke-width': 1.5 }) +
        stroke(`M${out(4)} 212C${out(11)} 216 ${out(10)} 234 ${out(3)} 242`, skin.dark, 2)
      );
    }),
  );

function head({ halfWidth: half, jaw, skin }: FaceTraits, id: string): Svg {
  const [left, right] = [200 - half, 200 + half];
  const chin = 34 + 12 * jaw;
  const low = 298 + 8 * jaw;
  const outline =
    `M200 92C${left + 22} 92 ${left} 134 ${left} 200C${left} 246 ${left + 6} ${low - 24} ${left + 25} ${low}` +
    `C${left + 40} ${low + 19} ${200 - chin} 348 200 348C${200 + chin} 348 ${right - 40} ${low + 19} ${right - 25} ${low}` +
    `C${right - 6} ${low - 24} ${right} 246 ${right} 200C${right} 134 ${right - 22} 92 200 92Z`;
  const cheek = (x: number): Svg =>
    element('ellipse', { cx: x, cy: 268, rx: 34, ry: 24, fill: `url(#${id}-blush)` });
  return group(
    {},
    path(outline, { fill: `url(#${id}-skin)`, stroke: skin.dark, 'stroke-width': 1.5 }),
    cheek(200 - half * 0.56),
    cheek(200 + half * 0.56),
  );
}
