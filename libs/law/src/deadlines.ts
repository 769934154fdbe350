import { DomainError } from '@personr/kernel';
import { addDays, addMonths, localDate, startOfDay } from './calendar.js';
import { type Policy } from './policy.js';
import { type Basis, type InstructionType } from './request.js';

/** Which clock a deadline belongs to. */
export type DeadlineCode =
  'RESPONSE_45D' | 'RESPONSE_90D' | 'EXTENSION_NOTICE' | 'CONTRACT_EXECUTION' | 'TRANSFER_ACK';

/** A date by which something must be done, with all it was computed from. */
export interface Deadline {
  readonly code: DeadlineCode;

  /** The last day on time, `YYYY-MM-DD` in `zone`. */
  readonly dueOn: string;

  /** The last millisecond of `dueOn`. */
  readonly dueAt: Date;

  /** The first instant that is late: the midnight in `zone` that ends `dueOn`. */
  readonly lateFrom: Date;
  readonly rule: string;
  readonly zone: string;
  readonly calendarVersion: string;
}

/** The version of the counting rules for clocks that run in calendar days and know no holiday. */
export const CALENDAR_VERSION = 'calendar-days-2026-11-23';

/** What the clocks of an instruction start from. */
export interface ClockStart {
  readonly type: InstructionType;
  readonly basis: Basis;

  /** When the Business received the consumer's request. Counts for CONSUMER_REQUEST only. */
  readonly receivedAt: Date;

  /** When we accepted the instruction. */
  readonly acceptedAt: Date;
  readonly policy: Policy;
}

/**
 * Gives the clocks that start when an instruction is accepted. A consumer request has RESPONSE_45D and, on the
 * same day, EXTENSION_NOTICE, counted from the local date of receipt (1798.130(a)(2)(A), Reg. 7021(b)); an order
 * that rests on the Agreement has CONTRACT_EXECUTION, counted from acceptance. A deadline may be past
 * already. Throws `RECEIPT_IN_FUTURE` for a request received after it was accepted, and `TYPE_NOT_ENABLED` for
 * DROP, LIMIT and OPT_OUT, whose clocks are not kept here.
 */
export function deadlinesOf({ type, basis, receivedAt, acceptedAt, policy }: ClockStart): Deadline[] {
  if (basis === 'END_OF_PURPOSE' || basis === 'AGREEMENT_END') {
    const days = policy.contractExecutionDays;
    return [{ code: 'CONTRACT_EXECUTION', ...due(acceptedAt, days, policy, 'the Agreement') }];
  }
  if (basis === 'DROP' || type === 'LIMIT' || type === 'OPT_OUT') {
    throw new DomainError('TYPE_NOT_ENABLED', 'The clock of this kind of instruction is not kept yet.');
  }
  if (receivedAt.getTime() > acceptedAt.getTime()) {
    throw new DomainError('RECEIPT_IN_FUTURE', 'A consumer request cannot be received in the future.');
  }
  const response = due(receivedAt, policy.responseDays, policy, 'Reg. 7021(b)');
  return [
    { code: 'RESPONSE_45D', ...response },
    { code: 'EXTENSION_NOTICE', ...response },
  ];
}

/**
 * Gives the outermost day to answer a consumer request that was extended: `maxDays` from receipt in all
 * (1798.145(h)(1), Reg. 7021(b)). It holds only once an extension notice has been sent in time.
 */
export const extensionLimit = (receivedAt: Date, policy: Policy): Deadline => ({
  code: 'RESPONSE_90D',
  ...due(receivedAt, policy.maxDays, policy, 'Reg. 7021(b)'),
});

/**
 * Gives the clock that runs from a transfer to its acknowledgement: the last of the policy's reminders, or as long as
 * a package is kept where there are none. It is the Business's to meet, and nothing is erased when it does not.
 */
export function transferDeadline(sentAt: Date, policy: Policy): Deadline {
  const { transferReminderDays: days, packageExpiryDays } = policy;
  const last = days.length === 0 ? packageExpiryDays : Math.max(...days);
  return { code: 'TRANSFER_ACK', ...due(sentAt, last, policy, 'the Agreement') };
}

/** Gives the last day, `YYYY-MM-DD` in `zone`, on which a request's record must still be there (Reg. 7101(a)). */
export const recordKeptThrough = (answeredAt: Date, zone: string, months: number): string =>
  addMonths(localDate(answeredAt, zone), months);

/** Gives the first instant at which a request's record may be erased: the midnight that ends its last day. */
export const recordPurgeableFrom = (answeredAt: Date, zone: string, months: number): Date =>
  startOfDay(addDays(recordKeptThrough(answeredAt, zone, months), 1), zone);

// Calendar days are added to the date, never hours to the instant: a day of a clock change is a day. A due day
// that is a holiday stays: not rolling over is never late.
function due(
  from: Date,
  days: number,
  { deadlineZone: zone }: Policy,
  source: string,
): Omit<Deadline, 'code'> {
  const start = localDate(from, zone);
  const dueOn = addDays(start, days);
  const lateFrom = startOfDay(addDays(dueOn, 1), zone);
  return {
    dueOn,
    dueAt: new Date(lateFrom.getTime() - 1),
    lateFrom,
    rule: `${days} calendar days after ${start}, no roll-over; ${source}`,
    zone,
    calendarVersion: CALENDAR_VERSION,
  };
}
