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
