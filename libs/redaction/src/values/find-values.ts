import { type ForbiddenValue } from './forbidden-value.js';
import { fold, formsOf, normalise } from './normalise.js';
import { likest } from './likeness.js';
import { viewsOf } from './views.js';

const SAMPLE_BYTES = 24;

/** The forbidden values that the text holds in any form, whatever stands between their characters. */
export function valuesInText(text: string, forbidden: readonly ForbiddenValue[]): ForbiddenValue[] {
  const normal = normalise(text);
  return forbidden.filter(({ value }) => formsOf(value).some((form) => normal.includes(form)));
}

/** The forbidden values that the bytes hold, as text in any of its usual encodings or as the bytes that they are. */
export function valuesInBytes(bytes: Buffer, forbidden: readonly ForbiddenValue[]): ForbiddenValue[] {
  const found = new Set(forbidden.filter((value) => holdsRaw(bytes, value)));
  const sought = forbidden.filter((value) => !found.has(value));
  const forms = sought.map((value) => ({ value, forms: formsOf(value.value) }));
  for (const view of viewsOf(bytes)) {
    if (found.size === forbidden.length) break;
    const normal = normalise(view);
    for (const each of forms) if (each.forms.some((form) => normal.includes(form))) found.add(each.value);
  }
  return [...found];
}

/** Measurements of a body are numbers, not text: the first of them, as bytes or written out, are enough to know them. */
function holdsRaw(bytes: Buffer, { kind, value }: ForbiddenValue): boolean {
  if (kind !== 'BIOMETRIC') return false;
  const raw = Buffer.from(value, 'base64');
  if (raw.length < SAMPLE_BYTES) return false;
  return bytes.includes(raw.subarray(0, SAMPLE_BYTES)) || writesOut(bytes, raw);
}

const DECIMAL = /-?\d+\.\d+(?:e[+-]?\d+)?/gi;
const NEARLY = 1e-3;

/** Says whether the first measurements, as floats of 32 bits, stand in the bytes as decimal numbers in a row. */
function writesOut(bytes: Buffer, raw: Buffer): boolean {
  const measured = Array.from({ length: SAMPLE_BYTES / 4 }, (_, at) => raw.readFloatLE(at * 4));
  const written = (bytes.toString('latin1').match(DECIMAL) ?? []).map(Number);
  return written.some((_, from) =>
    measured.every((number, at) => Math.abs(number - (written[from + at] ?? Infinity)) < NEARLY),
  );
}

/** How many characters a reader of pictures may have got wrong: one in `perError`. */
const errorsOf = (form: string, perError: number): number => Math.floor(form.length / perError);

/** Longer than any number or line of a zone is printed; a code of a certificate is to be scanned, not to be read. */
const LONGEST_LINE = 90;

const legible = (forms: readonly string[]): string[] => forms.filter(({ length }) => length <= LONGEST_LINE);

/** A place in a line that a value, or something very like it, is read in. */
export type Sighting = {
  readonly value: ForbiddenValue;
  /** The form of the value that was seen. */
  readonly form: string;
  readonly from: number;
  readonly to: number;
};

/**
 * Where in a line read from a picture the values are, with the confusions of such readings and one wrong
 * character in four. Places count the characters of the folded line.
 */
export function sightings(line: string, forbidden: readonly ForbiddenValue[], perError = 4): Sighting[] {
  const folded = fold(line);
  return forbidden.flatMap((value) =>
    legible(formsOf(value.value)).flatMap((form) => {
      const found = likest(folded, fold(form), errorsOf(form, perError));
      return found === undefined ? [] : [{ value, form, from: found.from, to: found.to }];
    }),
  );
}
