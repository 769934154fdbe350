import { type FaceTraits } from './face-traits.js';
import { element, group, path, type Svg } from './svg.js';

/** What of the hair hangs behind head and shoulders. `fill` paints it; `shift` is how far the face is turned. */
export function hairBehind({ style, halfWidth: half }: FaceTraits, fill: string, shift: number): Svg {
  const [left, right] = [200 - half, 200 + half];
  const shapes: Partial<Record<FaceTraits['style'], Svg>> = {
    LONG: path(
      `M200 70C${left - 28} 66 ${left - 40} 150 ${left - 34} 250C${left - 32} 330 ${left - 40} 380 ${left - 24} 424C150 440 250 440 ${right + 24} 424C${right + 40} 380 ${right + 32} 330 ${right + 34} 250C${right + 40} 150 ${right + 28} 66 200 70Z`,
      { fill },
    ),
    BOB: path(
      `M200 72C${left - 22} 70 ${left - 36} 140 ${left - 30} 230C${left - 30} 280 ${left - 30} 310 ${left - 12} 330C${left + 30} 344 ${right - 30} 344 ${right + 12} 330C${right + 30} 310 ${right + 30} 280 ${right + 30} 230C${right + 36} 140 ${right + 22} 70 200 72Z`,
      { fill },
    ),
    CURLY: group(
      {},
      ...curls(half + 18, [148, 176, 206, 236], 26).map((curl) => element('circle', { ...curl, fill })),
    ),
  };
  return group({ transform: `translate(${-shift * 0.3} 0)` }, shapes[style] ?? '');
}

/** What of the hair lies over forehead and temples. */
export function hairInFront({ style, halfWidth: half }: FaceTraits, fill: string, shift: number): Svg {
  const [left, right] = [200 - half, 200 + half];
  const cap = (brow: string): string =>
    `M${left - 5} 206C${left - 14} 120 ${left + 18} 66 200 66C${right - 18} 66 ${right + 14} 120 ${right + 5} 206${brow}Z`;
  const shapes: Record<FaceTraits['style'], Svg> = {
    BALD: path(
      `M${left - 4} 214C${left - 8} 190 ${left - 4} 168 ${left + 4} 152C${left + 6} 176 ${left + 6} 198 ${left + 2} 216ZM${right + 4} 214C${right + 8} 190 ${right + 4} 168 ${right - 4} 152C${right - 6} 176 ${right - 6} 198 ${right - 2} 216Z`,
      { fill },
    ),
    CROP: path(
      cap(
        `C${right + 1} 176 ${right - 8} 152 ${right - 20} 138C230 128 170 128 ${left + 20} 138C${left + 8} 152 ${left - 1} 176 ${left - 5} 206`,
      ),
      { fill },
    ),
    PARTED: path(
      cap(
        `C${right + 1} 178 ${right - 6} 158 ${right - 18} 140C250 118 214 112 172 112C168 128 ${left + 22} 138 ${left + 12} 150C${left + 4} 166 ${left} 182 ${left - 5} 206`,
      ),
      { fill },
    ),
    BOB: path(
      cap(
        `C${right + 2} 180 ${right - 4} 166 ${right - 10} 156C240 164 160 164 ${left + 10} 156C${left + 4} 166 ${left - 2} 180 ${left - 5} 206`,
      ),
      { fill },
    ),
    LONG: path(
      cap(
        `C${right + 2} 180 ${right - 4} 158 ${right - 20} 142C240 132 214 118 206 96C196 122 160 136 ${left + 18} 146C${left + 4} 160 ${left - 2} 180 ${left - 5} 206`,
      ),
      { fill },
    ),
    CURLY: group(
      {},
      path(
        cap(
          `C${right + 1} 178 ${right - 8} 156 ${right - 18} 142C230 126 170 126 ${left + 18} 142C${left + 8} 156 ${left - 1} 178 ${left - 5} 206`,
        ),
        { fill },
      ),
      ...crown(half).map((curl) => element('circle', { ...curl, fill })),
    ),
  };
  return group({ transform: `translate(${shift * 0.12} 0)` }, shapes[style]);
}

type Curl = { readonly cx: number; readonly cy: number; readonly r: number };

const curls = (half: number, heights: readonly number[], r: number): Curl[] =>
  heights.flatMap((cy) =>
    [-1, 1].map((side) => ({ cx: 200 + side * (half - Math.abs(cy - 176) * 0.12), cy, r })),
  );

const crown = (half: number): Curl[] =>
  Array.from({ length: 11 }, (_, index) => {
    const angle = Math.PI * (1 + index / 10);
    return { cx: 200 + Math.cos(angle) * (half + 4), cy: 142 + Math.sin(angle) * 66, r: 25 };
  });
