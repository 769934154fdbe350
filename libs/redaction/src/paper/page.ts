import { type ForbiddenValue } from '../values/forbidden-value.js';
import { type Operation, operationsOf, type Token } from './content.js';
import { type Fonts, forbiddenGlyphs, type Glyph, glyphsOf, groupedBy } from './glyphs.js';

/** A page's content without what is forbidden. */
export type MaskedContent = { readonly content: Buffer; readonly covered: number };

/** Marks that only describe; some of them say in words what the page shows. */
const MARKS = new Set(['BMC', 'BDC', 'EMC', 'MP', 'DP']);
/** Pictures, forms and shadings: what they show is not looked at. */
const PICTURES = new Set(['Do', 'BI', 'ID', 'EI', 'sh', 'd0', 'd1']);
const MOST_STROKES = 40;
const SHORT = 15;

/**
 * Replaces each forbidden character of a page by a neutral one of the same font, or by nothing. Undefined when the
 * page shows pictures, letters of an unknown font, or so many small strokes that these may be letters.
 */
export function maskedContent(
  content: Buffer,
  fonts: Fonts,
  forbidden: readonly ForbiddenValue[],
): MaskedContent | undefined {
  const operations = operationsOf(content);
  if (operations.some(({ operator }) => PICTURES.has(operator)) || strokesOf(operations) > MOST_STROKES) {
    return undefined;
  }
  const glyphs = glyphsOf(operations, fonts);
  if (glyphs === undefined) return undefined;
  const masked = forbiddenGlyphs(glyphs, forbidden);
  const byOperation = groupedBy(masked, ({ operation }) => operation);
  const written = operations.map((operation, at) =>
    MARKS.has(operation.operator) ? '' : rewritten(operation, byOperation.get(at)),
  );
  return { content: Buffer.from(written.join(''), 'latin1'), covered: byOperation.size };
}

/** The text that a page shows, or undefined when it cannot be known. */
export const textShown = (content: Buffer, fonts: Fonts): string | undefined =>
  glyphsOf(operationsOf(content), fonts)
    ?.map(({ text }) => text)
    .join('');

const CURVES = new Set(['c', 'v', 'y']);

/** Curves, and lines that are short or oblique: what letters are drawn of, and tables are not. */
function strokesOf(operations: readonly Operation[]): number {
  let [strokes, x, y] = [operations.filter(({ operator }) => CURVES.has(operator)).length, 0, 0];
  for (const { operator, operands } of operations) {
    if (operator !== 'm' && operator !== 'l') continue;
    const [toX, toY] = [Number(operands[0]?.text), Number(operands[1]?.text)];
    if (operator === 'l' && isStroke(toX - x, toY - y)) strokes += 1;
    [x, y] = [toX, toY];
  }
  return strokes;
}

const isStroke = (across: number, up: number): boolean =>
  (across !== 0 && up !== 0) || Math.hypot(across, up) < SHORT;

function rewritten(operation: Operation, masked: readonly Glyph[] | undefined): string {
  if (masked === undefined) return operation.source;
  const places = groupedBy(masked, ({ operand }) => operand);
  const operands = operation.operands.map((token, at) => {
    const glyphs = places.get(at);
    return token.kind === 'STRING'
      ? hexadecimal(glyphs === undefined ? token.bytes : without(token, glyphs))
      : token.text;
  });
  return `\n${operands.join(' ')} ${operation.operator}`;
}

const hexadecimal = (bytes: Buffer): string => `<${bytes.toString('hex')}>`;

function without({ bytes }: Token, glyphs: readonly Glyph[]): Buffer {
  const [first] = glyphs;
  if (first === undefined) return bytes;
  const { width, mask } = first.font;
  const places = new Set(glyphs.map(({ place }) => place));
  const parts = Array.from({ length: bytes.length / width }, (_, place) => {
    if (!places.has(place)) return bytes.subarray(place * width, (place + 1) * width);
    const neutral = Buffer.alloc(mask === undefined ? 0 : width);
    if (mask !== undefined) neutral.writeUIntBE(mask, 0, width);
    return neutral;
  });
  return Buffer.concat(parts);
}
