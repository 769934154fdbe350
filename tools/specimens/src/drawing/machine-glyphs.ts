import { num, stroke, type Svg } from './svg.js';

/** Where the lines of a machine-readable zone stand, in pixels; `y` is the first line's baseline. */
export type Band = {
  readonly x: number;
  readonly y: number;
  /** From one character to the next; 2.54 mm on a document. */
  readonly pitch: number;
  readonly lineHeight: number;
};

// Drawn for this purpose in the manner of OCR-B (ISO 1073-2): one pen, round ends, 60 wide and 100 high from the
// baseline up, `y` downwards. Nobody's font file.
const STROKES: Readonly<Record<string, string>> = {
  '0': 'M30 0C46 0 52 22 52 50S46 100 30 100S8 78 8 50S14 0 30 0Z',
  '1': 'M10 22L32 2V100M10 100H54',
  '2': 'M4 22C7 8 16 0 30 0C46 0 56 10 56 26C56 46 38 58 4 100H58',
  '3': 'M6 0H54L28 38C46 36 57 48 57 68C57 88 44 100 28 100C16 100 7 95 3 86',
  '4': 'M36 0L2 72H60M44 44V100',
  '5': 'M52 0H12V44C16 39 22 37 29 37C46 37 57 48 57 68C57 88 44 100 27 100C15 100 7 96 2 88',
  '6': 'M44 0C24 18 4 42 4 68C4 88 14 100 30 100S56 88 56 69S46 40 30 40C18 40 9 48 5 60',
  '7': 'M4 0H56C40 30 28 60 26 100',
  '8': 'M30 46C16 46 7 36 7 23S16 0 30 0S53 10 53 23S44 46 30 46C14 46 4 57 4 73S14 100 30 100S56 89 56 73S46 46 30 46Z',
  '9': 'M16 100C36 82 56 58 56 32C56 12 46 0 30 0S4 12 4 31S14 60 30 60C42 60 51 52 55 40',
  A: 'M0 100L30 0L60 100M11 66H49',
  B: 'M6 47H30C48 47 58 57 58 73S48 100 30 100H6V0H28C44 0 53 9 53 23S44 47 28 47',
  C: 'M57 14C51 5 43 0 33 0C13 0 2 20 2 50S13 100 33 100C43 100 51 95 57 86',
  D: 'M6 0H24C46 0 58 18 58 50S46 100 24 100H6Z',
  E: 'M54 0H6V100H56M6 48H46',
  F: 'M56 0H8V100M8 48H48',
  G: 'M56 14C50 5 43 0 33 0C13 0 2 20 2 50S13 100 33 100C44 100 52 96 57 90V54H36',
  H: 'M4 0V100M56 0V100M4 48H56',
  I: 'M30 0V100M10 0H50M10 100H50',
  J: 'M48 0V70C48 90 40 100 26 100C14 100 6 92 4 80',
  K: 'M6 0V100M56 0L6 60M22 46L58 100',
  L: 'M8 0V100H56',
  M: 'M2 100V0L30 54L58 0V100',
  N: 'M5 100V0L55 100V0',
  O: 'M30 0C58 0 61 10 61 50S58 100 30 100S-1 90 -1 50S2 0 30 0Z',
  P: 'M6 100V0H30C48 0 57 11 57 28S48 56 30 56H6',
  Q: 'M30 0C54 0 60 16 60 50S54 100 30 100S0 84 0 50S6 0 30 0ZM36 74L62 108',
  R: 'M6 100V0H30C48 0 57 11 57 28S48 56 30 56H6M32 56L58 100',
  S: 'M54 14C48 5 40 0 30 0C15 0 6 9 6 24C6 38 15 43 30 48C46 53 57 59 57 75C57 91 46 100 30 100C18 100 9 95 3 86',
  T: 'M0 0H60M30 0V100',
  U: 'M4 0V66C4 88 13 100 30 100S56 88 56 66V0',
  V: 'M1 0L30 100L59 0',
  W: 'M0 0L14 100L30 40L46 100L60 0',
  X: 'M2 0L58 100M58 0L2 100',
  Y: 'M1 0L30 50L59 0M30 50V100',
  Z: 'M4 0H56L3 100H58',
  '<': 'M54 16L8 51L54 86',
};

// Of a pitch of 2.54 mm: letters 1.5 mm wide, 2.4 mm high, by a pen of 0.36 mm.
const GLYPH_WIDTH = 1.5 / 2.54 / 60;
const GLYPH_HEIGHT = 2.4 / 2.54 / 100;
const PEN = 0.36 / 2.54;

/** The lines in machine-readable letters. Throws for a character that a machine-readable zone cannot hold. */
export function machineLines(lines: readonly string[], band: Band): Svg {
  const scale = { x: GLYPH_WIDTH * band.pitch, y: GLYPH_HEIGHT * band.pitch };
  const data = lines.flatMap((line, row) =>
    Array.from(line).map((character, column) => {
      const strokes = STROKES[character];
      if (strokes === undefined) throw new RangeError('A machine-readable zone holds only 0-9, A-Z and <.');
      const left = band.x + (column + 0.5) * band.pitch - 30 * scale.x;
      const top = band.y + row * band.lineHeight - 100 * scale.y;
      return place(strokes, { left, top, scale });
    }),
  );
  return stroke(data.join(''), '#15181c', PEN * band.pitch);
}

type Place = { readonly left: number; readonly top: number; readonly scale: { x: number; y: number } };

function place(strokes: string, { left, top, scale }: Place): string {
  return strokes.replace(/([MLCSHVZ])([^MLCSHVZ]*)/g, (_, letter: string, list: string) => {
    const values = list.split(' ').filter(Boolean).map(Number);
    const placed = values.map((value, index) => {
      const isX = letter === 'H' || (letter !== 'V' && index % 2 === 0);
      return num(isX ? left + value * scale.x : top + value * scale.y);
    });
    return letter + placed.join(' ');
  });
}
