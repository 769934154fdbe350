import { collectedFrom, isAnswerOwed } from './lookback.js';
import { POLICY_DEFAULTS as policy } from './policy.js';

const at = (day: string): Date => new Date(`${day}T20:00:00Z`);
const from = (received: string, asked: Parameters<typeof collectedFrom>[0] = null): string | undefined =>
  collectedFrom(asked, { audience: 'CONSUMER', receivedAt: at(received), policy })?.toISOString();

describe('how far back an answer goes', () => {
  it('R-47: twelve months before receipt when nothing is said, from the beginning of that day', () => {
    expect(from('2026-11-23')).toBe('2025-11-23T08:00:00.000Z');
    expect(from('2028-02-29')).toBe('2027-02-28T08:00:00.000Z');
  });

  it('R-47: as far as asked for, never before 2022', () => {
    expect(from('2026-11-23', { all: true })).toBe('2022-01-01T08:00:00.000Z');
    expect(from('2026-11-23', { from: '2024-05-01' })).toBe('2024-05-01T07:00:00.000Z');
    expect(from('2026-11-23', { from: '2019-05-01' })).toBe('2022-01-01T08:00:00.000Z');
    const narrow = { ...policy, lookback: 'LAST_12_MONTHS' as const };
    const asked = { audience: 'CONSUMER' as const, receivedAt: at('2026-11-23'), policy: narrow };
    expect(collectedFrom({ all: true }, asked)?.toISOString()).toBe('2025-11-23T08:00:00.000Z');
  });

  it('R-43: the Business has everything unless it asks for less', () => {
    const asked = { audience: 'BUSINESS' as const, receivedAt: at('2026-11-23'), policy };
    expect(collectedFrom(null, asked)).toBeNull();
    expect(collectedFrom({ from: '2019-05-01' }, asked)?.toISOString()).toBe('2019-05-01T07:00:00.000Z');
  });
});

describe('how often an answer is owed', () => {
  it('R-49: twice in twelve months, and again on the anniversary of the first', () => {
    const earlier = [at('2026-01-10'), at('2026-06-01')];
    expect(isAnswerOwed(at('2026-12-20'), earlier, policy)).toBe(false);
    expect(isAnswerOwed(at('2027-01-09'), earlier, policy)).toBe(false);
    expect(isAnswerOwed(at('2027-01-10'), earlier, policy)).toBe(true);
    expect(isAnswerOwed(at('2026-06-02'), [at('2026-06-01')], policy)).toBe(true);
  });

  it('R-49: on 28 February for a leap day', () => {
    const earlier = [at('2028-02-29'), at('2028-05-01')];
    expect(isAnswerOwed(at('2029-02-27'), earlier, policy)).toBe(false);
    expect(isAnswerOwed(at('2029-02-28'), earlier, policy)).toBe(true);
  });
});
