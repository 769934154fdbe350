import { invalid } from './refusal.js';

/** Throws `PROOF_INVALID`, naming `where`, unless `value` is of the wanted kind. */
export type Check = (value: unknown, where: string) => void;

const wrong = (where: string, wanted: string): Error => invalid(`The member ${where} is not ${wanted}.`);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Wants text that is not empty. */
export const text: Check = (value, where) => {
  if (typeof value !== 'string' || value === '') throw wrong(where, 'text');
};

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Wants an instant: RFC 3339 in UTC, with `Z`. */
export const time: Check = (value, where) => {
  if (typeof value !== 'string' || !TIME.test(value) || Number.isNaN(Date.parse(value))) {
    throw wrong(where, 'a time in UTC');
  }
};

/** Wants a whole number that is not negative. */
export const countOf: Check = (value, where) => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(where, 'a count');
};

/** Wants null or what `check` wants. */
export const nullable =
  (check: Check): Check =>
  (value, where) => {
    if (value !== null) check(value, where);
  };

/** Wants one of the words. */
export const oneOf =
  (...words: readonly string[]): Check =>
  (value, where) => {
    if (!words.some((word) => word === value)) throw wrong(where, 'one of the words it may be');
  };

/** Wants a list in which `check` is content with every item. */
export const listOf =
  (check: Check): Check =>
  (value, where) => {
    if (!Array.isArray(value)) throw wrong(where, 'a list');
    value.forEach((item: unknown, at) => {
      check(item, `${where}[${at}]`);
    });
  };

/** Wants an object with at least these members. */
export const shape =
  <Shape extends object>(members: Readonly<Record<keyof Shape & string, Check>>): Check =>
  (value, where) => {
    if (!isObject(value)) throw wrong(where, 'an object');
    for (const [name, check] of Object.entries<Check>(members)) check(value[name], `${where}.${name}`);
  };

/** Wants an object whose members are text, numbers, booleans or null. */
export const record: Check = (value, where) => {
  if (!isObject(value) || Object.values(value).some((member) => typeof member === 'object' && member)) {
    throw wrong(where, 'a flat object');
  }
};
