/** What people and machines put between the characters of a number: blanks, dashes, dots, slashes, MRZ fillers. */
const BETWEEN = /[\s\p{Cf}\p{Pd}\p{Mn}.·•_/\\<'’`]/gu;

/** The text in one form: compatibility characters unfolded, upper case, nothing between the characters of a number. */
export const normalise = (text: string): string => text.normalize('NFKC').replace(BETWEEN, '').toUpperCase();

const CONFUSED: Readonly<Record<string, string>> = {
  O: '0',
  Q: '0',
  D: '0',
  U: '0',
  I: '1',
  L: '1',
  T: '1',
  J: '1',
  '|': '1',
  '!': '1',
  Z: '2',
  S: '5',
  $: '5',
  '§': '5',
  G: '6',
  B: '8',
  '&': '8',
};

/** The normalised text in which what a reader of pictures takes for one another is the same character. */
export const fold = (text: string): string =>
  Array.from(normalise(text), (character) => CONFUSED[character] ?? character).join('');

const SHORTEST = 5;
const [PART_LENGTH, PART_DIGITS, CORE_DIGITS] = [7, 5, 8] as const;

const digitsIn = (text: string): number => text.replace(/\D/g, '').length;

/**
 * The forms in which a value gives itself away, normalised: whole, the part behind an issuer's prefix (of seven
 * characters, five of them digits, at least), and a run of eight digits or more within. Empty for what is shorter
 * than five characters: that cannot be told from chance.
 */
export function formsOf(value: string): readonly string[] {
  const whole = normalise(value);
  const parts = value
    .split(/[\s\p{Pd}]+/u)
    .map(normalise)
    .filter((part) => part.length >= PART_LENGTH && digitsIn(part) >= PART_DIGITS);
  const cores = whole.match(/\d+/g)?.filter((run) => run.length >= CORE_DIGITS) ?? [];
  return [...new Set([whole, ...parts, ...cores])].filter((form) => form.length >= SHORTEST);
}
