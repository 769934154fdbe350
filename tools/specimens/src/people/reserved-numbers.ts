import { expand, type Stream } from './stream.js';

// Area codes run from 200 and have no 9 in the middle. Those whose last two digits are equal (toll-free, services,
// non-geographic) are left out: there the fictional range is narrower.
const AREA_CODES = Array.from({ length: 800 }, (_, index) => String(index + 200)).filter(
  (code) => code[1] !== '9' && code[1] !== code[2],
);

/** How many different telephone numbers the reserved range has. */
export const PHONE_NUMBERS = AREA_CODES.length * 100;

/**
 * Gives the `n`th number of the range kept for fiction, 555-0100 to 555-0199 of every area code (NANPA), from a
 * place that depends on the seed. Distinct for `n` below `PHONE_NUMBERS`; then they begin again.
 */
export function reservedPhone(seed: string, n: number): string {
  const place = (n + offset(seed)) % PHONE_NUMBERS;
  const area = AREA_CODES[Math.floor(place / 100)] ?? '200';
  return `+1${area}55501${String(place % 100).padStart(2, '0')}`;
}

/**
 * Gives a passport number, the letter U and eight digits, distinct for every `n` below 10^8 of one seed, in an
 * order that looks arbitrary.
 */
export function documentNumber(seed: string, n: number): string {
  // 61,803,399 and 10^8 have no common factor, so the product visits every remainder once; below 2^53 throughout.
  const place = (n * 61_803_399 + offset(seed)) % 1e8;
  return `U${String(place).padStart(8, '0')}`;
}

/**
 * Gives a Social Security number that is never issued: area 000, 666 or 900-999 (Social Security
 * Administration, POMS RM 10201.035). In the nine hundreds the group stays below 50, where no taxpayer
 * identification number of the revenue service is found.
 */
export function neverIssuedSsn(stream: Stream): string {
  const area = stream.pick([() => '000', () => '666', () => `9${stream.digits(2)}`])();
  const group = String(1 + stream.below(49)).padStart(2, '0');
  return `${area}-${group}-${String(1 + stream.below(9999)).padStart(4, '0')}`;
}

/**
 * Gives an account number whose check digits are right (ISO 13616, modulo 97), at a bank named INVENTED in XX: a
 * country code that ISO 3166 leaves to users, so no bank of any state can have it.
 */
export function inventedAccount(stream: Stream): string {
  const account = `INVENTED${stream.digits(12)}`;
  return `XX${String(98 - remainder97(`${account}XX00`)).padStart(2, '0')}${account}`;
}

/** What is left of a piece of an account number by 97, letters counted from A = 10. 1 for a whole valid one, turned. */
export const remainder97 = (text: string): number =>
  Array.from(text).reduce((rest, character) => {
    const value = parseInt(character, 36);
    return (rest * (value > 9 ? 100 : 10) + value) % 97;
  }, 0);

const offset = (seed: string): number => expand(`${seed}/offset`, 4).readUInt32BE();
