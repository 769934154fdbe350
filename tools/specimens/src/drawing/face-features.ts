import { type FaceTraits } from './face-traits.js';
import { element, group, path, stroke, type Svg } from './svg.js';

/** How the face is held: `turn` from -1 (its right) to 1, `mouth` and `lids` from 0 (shut) to 1 (open). */
export type Pose = { readonly turn: number; readonly mouth: number; readonly lids: number };

export const AT_REST: Pose = { turn: 0, mouth: 0, lids: 1 };

const EYE = 36;

/** The brows. */
export const brows = ({ hair, brow, style }: FaceTraits): Svg => {
  const colour = style === 'BALD' ? '#5a4a40' : hair.dark;
  return [-1, 1]
    .map((side) => {
      const at = (by: number): number => 200 + side * by;
      return path(
        `M${at(15)} 190C${at(28)} ${180 - brow / 2} ${at(48)} ${178 - brow / 2} ${at(60)} 190C${at(46)} ${183 + brow / 3} ${at(30)} ${185 + brow / 2} ${at(16)} ${190 + brow * 0.8}Z`,
        { fill: colour },
      );
    })
    .join('');
};

/** The eyes, as far open as the pose says, looking where it turns. */
export function eyes({ skin }: FaceTraits, { lids, turn }: Pose, id: string): Svg {
  const open = 10 * Math.max(0, lids);
  return [-1, 1]
    .map((side) => {
      const x = 200 + side * EYE;
      const lid = `M${x - 19} 213C${x - 9} ${213 - open * 1.15} ${x + 9} ${213 - open * 1.15} ${x + 19} 212`;
      const white = `${lid}C${x + 9} ${213 + open * 0.8} ${x - 9} ${213 + open * 0.8} ${x - 19} 213Z`;
      const ball = { cx: x + turn * 3, cy: 211 };
      const iris =
        element('circle', { ...ball, r: 8.6, fill: `url(#${id}-iris)` }) +
        element('circle', { ...ball, r: 3.7, fill: '#0d0a08' }) +
        element('circle', { cx: ball.cx + 3, cy: 207.5, r: 2, fill: '#ffffff', 'fill-opacity': 0.9 });
      const clip = element('clipPath', { id: `${id}-eye${side + 1}` }, path(white, {}));
      return [
        clip,
        lids > 0.15 ? path(white, { fill: '#f7f3ee' }) : '',
        lids > 0.15 ? group({ 'clip-path': `url(#${id}-eye${side + 1})` }, iris) : '',
        stroke(lid, '#3a2a22', 2.6),
        stroke(
          `M${x - 16} ${204 - open * 0.6}C${x - 6} ${198 - open * 0.6} ${x + 8} ${198 - open * 0.6} ${x + 17} ${204 - open * 0.6}`,
          skin.dark,
          1.6,
        ),
      ].join('');
    })
    .join('');
}

/** The nose. */
export function nose({ nose: half, skin }: FaceTraits, { turn }: Pose): Svg {
  const x = 200 + turn * 6;
  return (
    stroke(
      `M${x - 7} 212C${x - 8} 236 ${x - 12} 246 ${x - half} 259C${x - half - 2} 268 ${x - 8} 270 ${x - 5} 266`,
      skin.dark,
      2.2,
      {
        'stroke-opacity': 0.8,
      },
    ) +
    stroke(
      `M${x + half} 259C${x + half + 2} 268 ${x + 8} 270 ${x + 5} 266C${x + 2} 269 ${x - 2} 269 ${x - 5} 266`,
      skin.dark,
      2.2,
    ) +
    path(`M${x - 2} 214C${x + 4} 232 ${x + 5} 244 ${x + 4} 254C${x} 258 ${x - 4} 256 ${x - 3} 250Z`, {
      fill: '#ffffff',
      'fill-opacity': 0.16,
    })
  );
}

/** The mouth, as far open as the pose says. */
export function mouth({ lips, skin }: FaceTraits, { mouth: open, turn }: Pose): Svg {
  const x = 200 + turn * 3;
  const drop = 18 * open;
  const upper = `M${x - 31} 298C${x - 18} 290 ${x - 8} 287 ${x} 291C${x + 8} 287 ${x + 18} 290 ${x + 31} 298`;
  return [
    open > 0.08
      ? path(
          `M${x - 26} 298C${x - 10} 296 ${x + 10} 296 ${x + 26} 298C${x + 14} ${301 + drop} ${x - 14} ${301 + drop} ${x - 26} 298Z`,
          { fill: '#4a1818' },
        )
      : '',
    open > 0.3
      ? path(`M${x - 19} 298C${x - 8} 297 ${x + 8} 297 ${x + 19} 298L${x + 15} 302H${x - 15}Z`, {
          fill: '#f4efe8',
        })
      : '',
    path(`${upper}C${x + 14} 299 ${x - 14} 299 ${x - 31} 298Z`, { fill: lips }),
    path(
      `M${x - 29} 298C${x - 14} ${300 + drop} ${x + 14} ${300 + drop} ${x + 29} 298C${x + 18} ${312 + drop} ${x - 18} ${312 + drop} ${x - 29} 298Z`,
      { fill: lips, 'fill-opacity': 0.85 },
    ),
    open > 0.08 ? '' : stroke(`M${x - 30} 298C${x - 12} 300 ${x + 12} 300 ${x + 30} 298`, '#5a2420', 1.6),
    stroke(
      `M${x - 14} ${321 + drop * 0.6}C${x - 5} ${325 + drop * 0.6} ${x + 5} ${325 + drop * 0.6} ${x + 14} ${321 + drop * 0.6}`,
      skin.dark,
      1.6,
      { 'stroke-opacity': 0.7 },
    ),
  ].join('');
}

/** The beard, if there is one. */
export function beard({ hasBeard, hair, halfWidth: half }: FaceTraits): Svg {
  if (!hasBeard) return '';
  const [left, right] = [200 - half + 5, 200 + half - 5];
  return path(
    `M${left} 250C${left + 8} 290 ${left + 40} 280 166 282C184 272 216 272 234 282C${right - 40} 280 ${right - 8} 290 ${right} 250` +
      `C${right - 2} 312 ${right - 38} 352 200 352C${left + 38} 352 ${left + 2} 312 ${left} 250ZM162 298C166 316 184 322 200 322C216 322 234 316 238 298C226 284 174 284 162 298Z`,
    { fill: hair.dark, 'fill-opacity': 0.72, 'fill-rule': 'evenodd' },
  );
}

const FRECKLES = [
  [-46, 250],
  [-38, 258],
  [-30, 252],
  [-50, 262],
  [30, 252],
  [38, 259],
  [46, 251],
  [52, 262],
] as const;

/** The freckles, if there are any. */
export const freckles = ({ hasFreckles, skin }: FaceTraits): Svg =>
  hasFreckles
    ? FRECKLES.map(([x, y]) =>
        element('circle', { cx: 200 + x, cy: y, r: 1.8, fill: skin.dark, 'fill-opacity': 0.75 }),
      ).join('')
    : '';

/** Glasses, moved so far aside. */
export const glasses = (shift: number): Svg =>
  group(
    { transform: `translate(${shift} 0)` },
    ...[-1, 1].map((side) =>
      element('rect', {
        x: 200 + side * EYE - 27,
        y: 192,
        width: 54,
        height: 42,
        rx: 16,
        fill: '#ffffff',
        'fill-opacity': 0.12,
        stroke: '#23272e',
        'stroke-width': 4,
      }),
    ),
    stroke('M191 206C196 201 204 201 209 206M137 206L118 202M263 206L282 202', '#23272e', 4),
  );
