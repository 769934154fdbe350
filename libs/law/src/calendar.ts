import { Temporal } from 'temporal-polyfill';

/** Gives the date, `YYYY-MM-DD`, that the calendar shows at the instant `at` in the IANA `zone`. */
export const localDate = (at: Date, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString();

/** Gives the instant at which the day `date` (`YYYY-MM-DD`) begins in the IANA `zone`. */
export const startOfDay = (date: string, zone: string): Date =>
  new Date(Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds);

/** Adds calendar days to a date (`YYYY-MM-DD`): the first day is excluded, the last included (Gov. Code 6800). */
export const addDays = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString();

/** Adds calendar months to a date (`YYYY-MM-DD`). Where the day does not exist, the month's last day stands. */
export const addMonths = (date: string, months: number): string =>
  Temporal.PlainDate.from(date).add({ months }).toString();

/** Says whether `text` is a day of the calendar, as in 2026-11-23. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
