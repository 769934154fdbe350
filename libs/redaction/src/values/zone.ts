/** What the machine-readable zone of an identity document says, every check digit of it being right. */
export type Zone = {
  readonly documentNumber: string;
  /** Format by ICAO 9303: TD1 has three lines of 30 characters, TD2 and TD3 two of 36 and 44. */
  readonly format: 'TD1' | 'TD2_OR_TD3';
};

const WEIGHTS = [7, 3, 1] as const;

const valueOf = (character: string): number =>
  character === '<' ? 0 : /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 55;

/** The check digit of a field: ICAO 9303-3, section 4.9. */
export const checkDigit = (field: string): string =>
  String(
    Array.from(field).reduce(
      (sum, character, at) => sum + valueOf(character) * (WEIGHTS[at % WEIGHTS.length] ?? 0),
      0,
    ) % 10,
  );

const DIGIT_FOR: Readonly<Record<string, string>> = {
  O: '0',
  Q: '0',
  D: '0',
  I: '1',
  L: '1',
  Z: '2',
  S: '5',
  G: '6',
  B: '8',
};

const asDigits = (field: string): string =>
  Array.from(field, (character) => DIGIT_FOR[character] ?? character).join('');

const checked = (field: string, digit: string): boolean => checkDigit(field) === asDigits(digit);
const numeric = (field: string, digit: string): boolean =>
  /^\d+$/.test(asDigits(field)) && checked(asDigits(field), digit);

/** The number as read, or with letters that are digits misread, when its check digit is right. */
const numberOf = (field: string, digit: string): string | undefined =>
  [field, field.slice(0, 1) + asDigits(field.slice(1)), asDigits(field)].find((text) => checked(text, digit));

const BOTTOM = /^([A-Z0-9<]{9})([0-9A-Z])([A-Z0<]{3})([A-Z0-9]{6})([0-9A-Z])([MFX<])([A-Z0-9]{6})([0-9A-Z])/;
const MIDDLE_TD1 = /^([A-Z0-9]{6})([0-9A-Z])([MFX<])([A-Z0-9]{6})([0-9A-Z])/;
/** A reader may see up to three characters too many between the kind of card and its number. */
const TOPS_TD1 = [3, 4, 5, 6].map(
  (issuer) => new RegExp(`^[ACI][A-Z0-9<]{${String(issuer + 1)}}([A-Z0-9<]{9})([0-9A-Z])`),
);

/** What the groups of the pattern match, or undefined. */
const groups = (pattern: RegExp, line: string): string[] | undefined => pattern.exec(line)?.slice(1);

function bottomZone(line: string): Zone | undefined {
  const fields = groups(BOTTOM, line) as
    [string, string, string, string, string, string, string, string] | undefined;
  if (fields === undefined) return undefined;
  const [number, ofNumber, , birth, ofBirth, , expiry, ofExpiry] = fields;
  if (!numeric(birth, ofBirth) || !numeric(expiry, ofExpiry)) return undefined;
  const documentNumber = numberOf(number, ofNumber);
  return documentNumber === undefined ? undefined : { documentNumber, format: 'TD2_OR_TD3' };
}

function topZone(top: string, middle: string): Zone | undefined {
  const fields = groups(MIDDLE_TD1, middle) as [string, string, string, string, string] | undefined;
  if (fields === undefined) return undefined;
  const [birth, ofBirth, , expiry, ofExpiry] = fields;
  if (!numeric(birth, ofBirth) || !numeric(expiry, ofExpiry)) return undefined;
  const numbers = TOPS_TD1.map((pattern) => groups(pattern, top) as [string, string] | undefined);
  const [documentNumber] = numbers.flatMap((found) => (found && numberOf(...found)) ?? []);
  return documentNumber === undefined ? undefined : { documentNumber, format: 'TD1' };
}

const tidy = (line: string): string =>
  line
    .replace(/\s/g, '')
    .replace(/[«‹({[]/g, '<')
    .toUpperCase();

/** The zone that is among the lines, or undefined when no two of them fit together or a check digit is wrong. */
export function zoneOf(lines: readonly string[]): Zone | undefined {
  const tidied = lines.map(tidy);
  for (const [at, line] of tidied.entries()) {
    const found = bottomZone(line) ?? topZone(line, tidied[at + 1] ?? '');
    if (found !== undefined) return found;
  }
  return undefined;
}

const [SHORT_LINE, FEW_FILLERS, ZONE_SHARE] = [22, 2, 0.85] as const;

/** Says whether a line read from a picture looks like one of a machine-readable zone. */
export function looksLikeZone(line: string): boolean {
  const text = line.replace(/\s/g, '').replace(/[«‹]/g, '<');
  if (text.length < SHORT_LINE) return false;
  const fitting = text.replace(/[^A-Z0-9<]/g, '').length;
  const fillers = text.split('<').length - 1;
  return fitting / text.length >= ZONE_SHARE && (fillers >= FEW_FILLERS || /[KLC<]{7,}/.test(text));
}
