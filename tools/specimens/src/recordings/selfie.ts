import { faceTraitsOf } from '../drawing/face-traits.js';
import { face } from '../drawing/face.js';
import { type Exif, rasterise, toJpeg, withGrain } from '../drawing/raster.js';
import { element, gradient, group, path, picture, rectangle, type Svg } from '../drawing/svg.js';
import { type Person } from '../people/person.js';
import { openStream } from '../people/stream.js';
import { type Specimen } from '../specimen.js';

const WIDTH = 960;
const HEIGHT = 1280;
const WALLS = [
  ['#d9d2c5', '#b3a894'],
  ['#c3ced4', '#94a5ad'],
  ['#cfd3bf', '#a0a68a'],
  ['#dcc9c0', '#b09789'],
] as const;

/** A picture the person took of the own face, with all that an invented telephone writes into it. */
export async function selfieOf(person: Person, exif: Exif): Promise<Specimen> {
  const shot = withGrain(await rasterise(drawSelfie(person)), `${person.seed}/${person.index}/selfie`, 16);
  return {
    name: 'selfie.jpg',
    element: 'SELFIE',
    contentType: 'image/jpeg',
    bytes: await toJpeg(shot, { quality: 85, exif }),
    facts: {
      widthPx: WIDTH,
      heightPx: HEIGHT,
      metadata: Object.values(exif).flatMap((directory) => Object.values(directory)),
    },
  };
}

function drawSelfie(person: Person): Svg {
  const stream = openStream(`${person.seed}/${person.index}/selfie`);
  const pose = { turn: stream.below(100) / 125 - 0.4, mouth: 0, lids: 1 };
  const box = { x: -110, y: 60, width: 1180, height: 1475 };
  return picture(
    WIDTH,
    HEIGHT,
    room(stream.pick(WALLS), stream.below(2) === 0),
    group(
      { transform: `rotate(${stream.below(60) / 10 - 3} 480 900)` },
      face(faceTraitsOf(person), pose, { box, id: 'self' }),
    ),
    rectangle({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, { fill: 'url(#lamp)' }),
    rectangle({ x: 0, y: 0, width: WIDTH, height: HEIGHT }, { fill: 'url(#corners)' }),
  );
}

/** A wall, a window out of focus on one side, a shelf with a plant on the other. */
function room([light, dark]: readonly [string, string], isWindowLeft: boolean): Svg {
  const page = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  const flip = isWindowLeft ? '' : `translate(${WIDTH} 0) scale(-1 1)`;
  return (
    element(
      'defs',
      {},
      gradient(
        'linearGradient',
        'wall',
        { x1: isWindowLeft ? 0 : 1, y1: 0, x2: isWindowLeft ? 1 : 0, y2: 0.4 },
        [
          [0, light],
          [1, dark],
        ],
      ),
      gradient('radialGradient', 'lamp', { cx: isWindowLeft ? 0.15 : 0.85, cy: 0.25, r: 0.9 }, [
        [0, '#fff3d6', 0.28],
        [1, '#fff3d6', 0],
      ]),
      gradient('radialGradient', 'corners', { cx: 0.5, cy: 0.5, r: 0.75 }, [
        [0.6, '#000000', 0],
        [1, '#000000', 0.3],
      ]),
      element('filter', { id: 'far' }, element('feGaussianBlur', { stdDeviation: 7 })),
    ) +
    rectangle(page, { fill: 'url(#wall)' }) +
    group({ filter: 'url(#far)' }, flip === '' ? furniture() : group({ transform: flip }, furniture()))
  );
}

const LEAVES = [-62, -38, -14, 10, 34, 58] as const;

const furniture = (): Svg =>
  [
    rectangle(
      { x: 20, y: 70, width: 250, height: 470 },
      { fill: '#f4f8fb', stroke: '#8a7f70', 'stroke-width': 16 },
    ),
    path('M145 70V540M20 300H270', { stroke: '#8a7f70', 'stroke-width': 10, fill: 'none' }),
    rectangle({ x: 720, y: 470, width: 260, height: 18 }, { fill: '#6e5540' }),
    rectangle({ x: 800, y: 380, width: 90, height: 90 }, { fill: '#a75a3c' }),
    ...LEAVES.map((lean) =>
      path(
        `M845 385C${835 + lean} 330 ${835 + lean * 1.4} 280 ${845 + lean * 1.7} 236C${865 + lean * 1.4} 290 ${860 + lean} 340 845 385Z`,
        {
          fill: '#4f7a4a',
        },
      ),
    ),
  ].join('');
