import bwipjs from 'bwip-js';
import { num, path, type Svg } from './svg.js';

/** Dark and light modules, row by row. */
export type Modules = {
  readonly columns: number;
  readonly rows: number;
  /** How many modules high a row is: 3 in PDF417, 1 in a QR code. */
  readonly rowHeight: number;
  readonly isDark: readonly boolean[];
};

/** The PDF417 symbol of a text (ISO/IEC 15438), error correction level 5. */
export const pdf417 = (text: string): Modules =>
  modulesOf('pdf417', { text, columns: 10, eclevel: 5, rowmult: 4, binarytext: true });

/** The QR code of a text (ISO/IEC 18004), error correction level M. */
export const qrCode = (text: string): Modules => modulesOf('qrcode', { text, eclevel: 'M' });

/** The symbol with its upper left corner at `x`, `y`; a module is `module` pixels, a whole number, so no edge blurs. */
export function drawModules(
  { columns, rows, rowHeight, isDark }: Modules,
  { x, y, module }: { x: number; y: number; module: number },
): Svg {
  const high = rowHeight * module;
  let data = '';
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (isDark[row * columns + column] !== true) continue;
      const from = column;
      while (column + 1 < columns && isDark[row * columns + column + 1] === true) column += 1;
      const width = (column - from + 1) * module;
      data += `M${num(x + from * module)} ${num(y + row * high)}h${num(width)}v${num(high)}h${num(-width)}z`;
    }
  }
  return path(data, { fill: '#101316', 'shape-rendering': 'crispEdges' });
}

type Symbol = { readonly pixs: readonly number[]; readonly pixx: number; readonly pixy: number };

// The library's types know only what all symbols share; columns and eclevel are BWIPP's own options.
const encode = bwipjs.raw as unknown as (options: Readonly<Record<string, unknown>>) => readonly Symbol[];

function modulesOf(bcid: string, options: Readonly<Record<string, unknown>>): Modules {
  const [symbol] = encode({ bcid, ...options });
  if (symbol === undefined) throw new Error('no symbol was made');
  const { pixs, pixx: columns, pixy } = symbol;
  const rows = pixs.length / columns;
  return { columns, rows, rowHeight: pixy / rows, isDark: pixs.map((pixel) => pixel === 1) };
}
