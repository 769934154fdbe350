import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { num, path, type Svg } from './svg.js';
import { unpackWoff } from './woff.js';

/** Barlow, by Jeremy Tribby (SIL Open Font License 1.1), as the package @fontsource/barlow brings it. */
export type Weight = 400 | 600 | 700;

/** How a line of text is set. `size` is the height of the em; `x` is where `anchor` says, `y` the baseline. */
export type Setting = {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly weight?: Weight;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly tracking?: number;
  readonly fill?: string;
};

const modules = createRequire(import.meta.url);
const files = new Map<Weight, Buffer>();
const fonts = new Map<Weight, Font>();

/** The font's file, TrueType. */
export function fontFile(weight: Weight): Buffer {
  const kept = files.get(weight);
  if (kept !== undefined) return kept;
  const path = modules.resolve(`@fontsource/barlow/files/barlow-latin-${weight}-normal.woff`);
  const file = unpackWoff(readFileSync(path));
  files.set(weight, file);
  return file;
}

/** A line of text as outlines, so that no font of the machine has a say in it. */
export function lettering(text: string, setting: Setting): Svg {
  return path(outline(text, setting), { fill: setting.fill ?? '#1d2733' });
}

/** The outlines of a line of text, as path data. */
export function outline(text: string, setting: Setting): string {
  const { anchor = 'start', weight = 400, tracking = 0 } = setting;
  const font = fontOf(weight);
  const scale = setting.size / font.unitsPerEm;
  const { glyphs, positions } = font.layout(text);
  let pen = setting.x - SHARES[anchor] * widthOf(text, setting);
  return glyphs
    .map((glyph, index) => {
      const at = { x: pen, y: setting.y, scale };
      pen += (positions[index]?.xAdvance ?? 0) * scale + tracking;
      return glyph.path.commands.map(({ command, args }) => commandOf(command, args, at)).join('');
    })
    .join('');
}

/** How wide the line comes out. */
export function widthOf(
  text: string,
  { size, tracking = 0, weight = 400 }: Omit<Setting, 'x' | 'y'>,
): number {
  const font = fontOf(weight);
  const run = font.layout(text);
  return (run.advanceWidth * size) / font.unitsPerEm + tracking * Math.max(0, run.glyphs.length - 1);
}

/** How much of its width a line stands left of its `x`. */
const SHARES = { start: 0, middle: 0.5, end: 1 } as const;

const LETTERS: Readonly<Record<string, string>> = {
  moveTo: 'M',
  lineTo: 'L',
  quadraticCurveTo: 'Q',
  bezierCurveTo: 'C',
  closePath: 'Z',
};

function commandOf(
  command: string,
  args: readonly number[],
  { x, y, scale }: { x: number; y: number; scale: number },
): string {
  const placed = args.map((value, index) => num(index % 2 === 0 ? x + value * scale : y - value * scale));
  return (LETTERS[command] ?? '') + placed.join(' ');
}

function fontOf(weight: Weight): Font {
  const kept = fonts.get(weight);
  if (kept !== undefined) return kept;
  const font = create(fontFile(weight)) as Font;
  fonts.set(weight, font);
  return font;
}
