import { DomainError } from '@personr/kernel';

/** What the machine-readable zone of a passport or identity card says. Dates are `YYYY-MM-DD`. */
export interface PassportFacts {
  /** Three letters: who issued it. */
  readonly issuer: string;
  readonly nationality: string;
  readonly surname: string;
  readonly givenNames: string;
  readonly documentNumber: string;
  readonly dateOfBirth: string;
  readonly sex: 'F' | 'M' | 'X';
  readonly expiry: string;

  /** Up to 14 characters at the issuer's discretion. */
  readonly optionalData?: string;
}

const WEIGHTS = [7, 3, 1];
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Gives the check digit of a piece of a machine-readable zone: characters by value, weighted 7 3 1 and so on,
 * modulo 10 (ICAO 9303 part 3, section 4.9). Throws `VALIDATION_FAILED` for a character that is not 0-9, A-Z, <.
 */
export function checkDigit(text: string): string {
  const sum = Array.from(text).reduce(
    (total, character, index) => total + valueOf(character) * (WEIGHTS[index % 3] ?? 0),
    0,
  );
  return String(sum % 10);
}

function valueOf(character: string): number {
  if (character === '<') return 0;
  const value = ALPHABET.indexOf(character);
  if (value < 0)
    throw new DomainError('VALIDATION_FAILED', 'A machine-readable zone holds only 0-9, A-Z and <.');
  return value;
}

/**
 * Writes the two 44-character lines of a passport, format TD3 (ICAO 9303 part 4, section 4.2). Letters are raised
 * to capitals, whatever is not 0-9 or A-Z becomes a filler, and what is too long is cut at the end of its field.
 */
export function mrzTd3(facts: PassportFacts): [string, string] {
  const names = `${field(facts.surname)}<<${field(facts.givenNames)}`;
  const number = checked(fit(facts.documentNumber, 9));
  const birth = checked(shortDate(facts.dateOfBirth));
  const expiry = checked(shortDate(facts.expiry));
  const optional = checked(fit(facts.optionalData ?? '', 14));
  const sex = facts.sex === 'X' ? '<' : facts.sex;
  return [
    `P<${fit(facts.issuer, 3)}${fit(names, 39)}`,
    `${number}${fit(facts.nationality, 3)}${birth}${sex}${expiry}${optional}${checkDigit(`${number}${birth}${expiry}${optional}`)}`,
  ];
}

/**
 * Writes the three 30-character lines of an identity card, format TD1 (ICAO 9303 part 5, section 4.2). Text is
 * fitted as in a passport.
 */
export function mrzTd1(facts: PassportFacts): [string, string, string] {
  const first = `I<${fit(facts.issuer, 3)}${checked(fit(facts.documentNumber, 9))}${fit(facts.optionalData ?? '', 15)}`;
  const birth = checked(shortDate(facts.dateOfBirth));
  const expiry = checked(shortDate(facts.expiry));
  const sex = facts.sex === 'X' ? '<' : facts.sex;
  const filler = fit('', 11);
  const composite = checkDigit(`${first.slice(5)}${birth}${expiry}${filler}`);
  return [
    first,
    `${birth}${sex}${expiry}${fit(facts.nationality, 3)}${filler}${composite}`,
    fit(`${field(facts.surname)}<<${field(facts.givenNames)}`, 30),
  ];
}

const field = (text: string): string => text.toUpperCase().replace(/[^0-9A-Z]/g, '<');
const fit = (text: string, length: number): string => field(text).slice(0, length).padEnd(length, '<');
const shortDate = (date: string): string => date.slice(2).replaceAll('-', '');
const checked = (text: string): string => text + checkDigit(text);
