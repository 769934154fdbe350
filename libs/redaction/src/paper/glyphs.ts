import { type ForbiddenValue } from '../values/forbidden-value.js';
import { formsOf, normalise } from '../values/normalise.js';
import { type Operation, type Token } from './content.js';
import { type PaperFont } from './font.js';

/** One character that a page shows: by which operation, in which of its strings, at which place. */
export type Glyph = {
  readonly operation: number;
  readonly operand: number;
  readonly place: number;
  readonly text: string;
  readonly font: PaperFont;
};

export type Fonts = ReadonlyMap<string, PaperFont | undefined>;

const SHOWING = new Set(['Tj', 'TJ', "'", '"']);

/** The characters in the order in which they are shown; undefined when one is shown that cannot be known. */
export function glyphsOf(operations: readonly Operation[], fonts: Fonts): Glyph[] | undefined {
  const glyphs: Glyph[] = [];
  let font: PaperFont | undefined;
  for (const [at, operation] of operations.entries()) {
    if (operation.operator === 'Tf') font = fonts.get(nameIn(operation));
    if (!SHOWING.has(operation.operator)) continue;
    const shown = shownBy(operation, at, font);
    if (shown === undefined) return undefined;
    glyphs.push(...shown);
  }
  return glyphs;
}

const nameIn = ({ operands }: Operation): string => operands.find(({ kind }) => kind === 'NAME')?.text ?? '';

function shownBy(
  { operands }: Operation,
  operation: number,
  font: PaperFont | undefined,
): Glyph[] | undefined {
  const glyphs: Glyph[] = [];
  for (const [operand, token] of operands.entries()) {
    if (token.kind !== 'STRING' || token.bytes.length === 0) continue;
    const texts = font && inString(token, font);
    if (font === undefined || texts === undefined) return undefined;
    glyphs.push(...texts.map((text, place) => ({ operation, operand, place, text, font })));
  }
  return glyphs;
}

function inString({ bytes }: Token, { width, textOf }: PaperFont): string[] | undefined {
  if (bytes.length % width !== 0) return undefined;
  const codes = Array.from({ length: bytes.length / width }, (_, at) => bytes.readUIntBE(at * width, width));
  const texts = codes.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** What looks like an account or another long number: eight digits or more, or the form of an IBAN (ISO 13616). */
const NUMBERS = [/\d(?:[ -]?\d){7,}/g, /[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,}(?:[ -]?[A-Z0-9]{1,4})?/g];
const DATE = /^(?:\d{4}[ -]\d{2}[ -]\d{2}|\d{2}[ -]\d{2}[ -]\d{4})$/;

/** The glyphs that show a forbidden value, or what looks like a number that might be one. */
export function forbiddenGlyphs(glyphs: readonly Glyph[], forbidden: readonly ForbiddenValue[]): Set<Glyph> {
  const letters = glyphs.flatMap((glyph) =>
    Array.from(normalise(glyph.text), (letter) => ({ glyph, letter })),
  );
  const normal = letters.map(({ letter }) => letter).join('');
  const found = new Set<Glyph>();
  for (const form of forbidden
    .filter(({ kind }) => kind !== 'BIOMETRIC')
    .flatMap(({ value }) => formsOf(value))) {
    for (let at = normal.indexOf(form); at >= 0; at = normal.indexOf(form, at + 1)) {
      for (const { glyph } of letters.slice(at, at + form.length)) found.add(glyph);
    }
  }
  for (const line of linesOf(glyphs)) for (const glyph of numbersIn(line)) found.add(glyph);
  return found;
}

/** What has the same key, together and in order. */
export function groupedBy<T>(all: Iterable<T>, keyOf: (each: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group === undefined) groups.set(keyOf(each), [each]);
    else group.push(each);
  }
  return groups;
}

/** The glyphs of each operation: a line, or a part of one. */
const linesOf = (glyphs: readonly Glyph[]): Glyph[][] => [
  ...groupedBy(glyphs, ({ operation }) => operation).values(),
];

function numbersIn(line: readonly Glyph[]): Glyph[] {
  const each = line.flatMap((glyph) => Array.from({ length: glyph.text.length }, () => glyph));
  const text = line.map((glyph) => glyph.text).join('');
  const matches = NUMBERS.flatMap((pattern) => [...text.matchAll(pattern)]).filter(
    ([match]) => !DATE.test(match),
  );
  return matches.flatMap(({ 0: match, index }) => each.slice(index, index + match.length));
}
