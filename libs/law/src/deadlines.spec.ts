import { type DomainError } from '@personr/kernel';
import { localDate } from './calendar.js';
import {
  deadlinesOf,
  extensionLimit,
  recordKeptThrough,
  recordPurgeableFrom,
  type ClockStart,
} from './deadlines.js';
import { POLICY_DEFAULTS } from './policy.js';

const ZONE = 'America/Los_Angeles';

const start = (receivedAt: string, over: Partial<ClockStart> = {}): ClockStart => ({
  type: 'DELETE',
  basis: 'CONSUMER_REQUEST',
  receivedAt: new Date(receivedAt),
  acceptedAt: new Date('2030-01-01T00:00:00Z'),
  policy: POLICY_DEFAULTS,
  ...over,
});

const response = (receivedAt: string) => deadlinesOf(start(receivedAt))[0]!;

// Table 3.12: received | D+45 | D+90, local dates.
const WORKED = [
  ['2026-11-23', '2027-01-07', '2027-02-21'],
  ['2026-12-18', '2027-02-01', '2027-03-18'],
  ['2027-01-15', '2027-03-01', '2027-04-15'],
  ['2028-01-15', '2028-02-29', '2028-04-14'],
  ['2028-01-16', '2028-03-01', '2028-04-15'],
  ['2027-03-25', '2027-05-09', '2027-06-23'],
  ['2027-06-30', '2027-08-14', '2027-09-28'],
  ['2028-10-31', '2028-12-15', '2029-01-29'],
  ['2027-12-20', '2028-02-03', '2028-03-19'],
  ['2026-10-09', '2026-11-23', '2027-01-07'],
] as const;

describe('the day of receipt', () => {
  it('R-19: is the local date in the deadline zone, not the date in UTC', () => {
    expect(localDate(new Date('2026-11-24T07:59:59Z'), ZONE)).toBe('2026-11-23');
    expect(localDate(new Date('2026-11-24T08:00:00Z'), ZONE)).toBe('2026-11-24');
    expect(response('2026-11-24T07:59:59Z').dueOn).toBe('2027-01-07');
    expect(response('2026-11-24T08:00:00Z').dueOn).toBe('2027-01-08');
  });

  it("R-19: follows the policy's zone", () => {
    const policy = { ...POLICY_DEFAULTS, deadlineZone: 'Pacific/Auckland' };
    const [deadline] = deadlinesOf(start('2026-11-23T18:00:00Z', { policy }));
    expect(deadline).toMatchObject({ dueOn: '2027-01-08', zone: 'Pacific/Auckland' });
    expect(deadline!.lateFrom.toISOString()).toBe('2027-01-08T11:00:00.000Z');
  });
});

describe('the answer to a consumer request', () => {
  it.each(WORKED)('R-20: received %s, it is due %s, extended at most to %s', (received, due, extended) => {
    for (const instant of [`${received}T08:00:00Z`, `${received}T23:59:59Z`]) {
      const [answer, extension, ...others] = deadlinesOf(start(instant));
      expect(answer).toMatchObject({ code: 'RESPONSE_45D', dueOn: due });
      expect(extension).toMatchObject({ code: 'EXTENSION_NOTICE', dueOn: due, lateFrom: answer!.lateFrom });
      expect(others).toEqual([]);
      const limit = extensionLimit(new Date(instant), POLICY_DEFAULTS);
      expect(limit).toMatchObject({ code: 'RESPONSE_90D', dueOn: extended });
    }
  });

  it.each([
    ['the zone goes to daylight time', '2027-02-05T07:30:00Z', '2027-03-21', '2027-03-22T07:00:00.000Z'],
    ['the year changes', '2026-11-23T20:00:00Z', '2027-01-07', '2027-01-08T08:00:00.000Z'],
    ['the due day has 25 hours', '2026-09-17T20:00:00Z', '2026-11-01', '2026-11-02T08:00:00.000Z'],
    ['the due day has 23 hours', '2027-01-28T20:00:00Z', '2027-03-14', '2027-03-15T07:00:00.000Z'],
  ])('R-20: is late from local midnight after the due day when %s', (_, receivedAt, dueOn, lateFrom) => {
    const deadline = response(receivedAt);
    expect(deadline.dueOn).toBe(dueOn);
    expect(deadline.lateFrom.toISOString()).toBe(lateFrom);
    expect(deadline.lateFrom.getTime() - deadline.dueAt.getTime()).toBe(1);
  });

  it('R-20: falls due on a leap day and on a Sunday, neither rolled over', () => {
    expect(response('2028-01-15T20:00:00Z').dueOn).toBe('2028-02-29');
    expect(response('2027-03-25T20:00:00Z').dueOn).toBe('2027-05-09');
  });

  it('R-18: may be overdue on arrival, but not received in the future', () => {
    const acceptedAt = new Date('2026-11-23T18:00:00Z');
    const [late] = deadlinesOf(start('2026-01-01T18:00:00Z', { acceptedAt }));
    expect(late!.lateFrom.getTime()).toBeLessThan(acceptedAt.getTime());
    expect(deadlinesOf(start('2026-11-23T18:00:00.000Z', { acceptedAt }))).toHaveLength(2);
    expect(() => deadlinesOf(start('2026-11-23T18:00:00.001Z', { acceptedAt }))).toThrow(
      expect.objectContaining({ code: 'RECEIPT_IN_FUTURE' }) as DomainError,
    );
  });

  it('carries what it was computed from', () => {
    expect(response('2026-11-23T20:00:00Z')).toMatchObject({
      zone: ZONE,
      rule: '45 calendar days after 2026-11-23, no roll-over; Reg. 7021(b)',
      calendarVersion: 'calendar-days-2026-11-23',
    });
  });
});

describe('clocks that are not the consumer clock', () => {
  it.each(['END_OF_PURPOSE', 'AGREEMENT_END'] as const)(
    'R-25: %s has one contractual row, from acceptance',
    (basis) => {
      const acceptedAt = new Date('2026-11-23T20:00:00Z');
      const deadlines = deadlinesOf(start('2026-01-01T00:00:00Z', { basis, acceptedAt }));
      expect(deadlines).toHaveLength(1);
      expect(deadlines[0]).toMatchObject({ code: 'CONTRACT_EXECUTION', dueOn: '2026-12-23' });
    },
  );

  it('R-25: the contractual row follows the policy', () => {
    const policy = { ...POLICY_DEFAULTS, contractExecutionDays: 10 };
    const acceptedAt = new Date('2026-11-23T20:00:00Z');
    const [deadline] = deadlinesOf(
      start('2026-11-23T20:00:00Z', { basis: 'AGREEMENT_END', acceptedAt, policy }),
    );
    expect(deadline!.dueOn).toBe('2026-12-03');
  });

  it.each([{ basis: 'DROP' }, { type: 'LIMIT' }, { type: 'OPT_OUT' }] as const)(
    'gives no guessed clock for %p',
    (over) => {
      expect(() => deadlinesOf(start('2026-11-23T20:00:00Z', over))).toThrow(
        expect.objectContaining({ code: 'TYPE_NOT_ENABLED' }) as DomainError,
      );
    },
  );
});

describe('the record of a request', () => {
  it.each([
    ['2026-12-15T20:00:00Z', '2028-12-15', '2028-12-16T08:00:00.000Z'],
    ['2028-02-29T20:00:00Z', '2030-02-28', '2030-03-01T08:00:00.000Z'],
    ['2026-12-16T07:59:59Z', '2028-12-15', '2028-12-16T08:00:00.000Z'],
  ])('R-96: answered %s, it is kept through %s', (answeredAt, through, purgeable) => {
    const months = POLICY_DEFAULTS.recordMonths;
    expect(recordKeptThrough(new Date(answeredAt), ZONE, months)).toBe(through);
    expect(recordPurgeableFrom(new Date(answeredAt), ZONE, months).toISOString()).toBe(purgeable);
  });
});
