import { canonicalJson, type Json } from '@personr/kernel';
import { isDay } from '@personr/law';
import { ValidateBy } from 'class-validator';

const LONGEST = 65_536;
// Tab and line breaks are text; every other control character (Unicode category Cc) is not.
const CONTROL = /(?![\t\n\r])\p{Cc}/u;

/** A JSON value other than null, of at most 65,536 characters in its canonical spelling, of well-formed text. */
export const IsJsonValue = (): PropertyDecorator =>
  ValidateBy({
    name: 'isJsonValue',
    validator: {
      validate: (value: unknown) => value !== null && value !== undefined && isSpellable(value as Json),
      defaultMessage: () => `$property must be a JSON value, not null, of at most ${LONGEST} characters`,
    },
  });

// A character is six at most in canonical spelling, as in \u0000.
const SURELY_SHORT = LONGEST / 6 - 2;

function isSpellable(value: Json): boolean {
  if (typeof value === 'string' && value.length < SURELY_SHORT) return value.isWellFormed();
  try {
    return canonicalJson(value).length <= LONGEST;
  } catch {
    return false;
  }
}

/** Text without lone surrogates and control characters, of 1 to `longest` characters; with `each`, a list of such. */
export const IsCleanText = (longest: number, options?: { readonly each: true }): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isCleanText',
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' &&
          value.length >= 1 &&
          value.length <= longest &&
          value.isWellFormed() &&
          !CONTROL.test(value),
        defaultMessage: () =>
          `$property must be text of 1 to ${longest} characters without control characters`,
      },
    },
    options,
  );

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/** A time of RFC 3339 in UTC, with `Z`, that exists. */
export const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && INSTANT.test(value) && exists(value),
      defaultMessage: () => '$property must be a time in UTC as in 2026-11-23T18:04:00Z',
    },
  });

function exists(instant: string): boolean {
  // A day or an hour that does not exist is read as one of another day.
  return new Date(instant).getUTCDate() === Number(instant.slice(8, 10));
}

/** A day of the calendar, as in 2026-11-23. */
export const IsDay = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDay',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isDay(value),
      defaultMessage: () => '$property must be a day as in 2026-11-23',
    },
  });

/** The name of something in one of the law's or our lists: capitals, digits and underscores. */
export const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** Reads a time that may be left out. */
export const toInstant = (at: string | null | undefined): Date | null =>
  at === undefined || at === null ? null : new Date(at);
