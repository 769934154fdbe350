import { isDomainError } from '@personr/kernel';
import { changePolicy, POLICY_KEYS } from './policy-rules.js';
import { POLICY_DEFAULTS, policyOf } from './policy.js';

const set = (changes: Record<string, unknown>): string => {
  try {
    changePolicy(POLICY_DEFAULTS, changes);
    return 'allowed';
  } catch (error) {
    if (isDomainError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
};

describe('the values of a policy', () => {
  it('start with the seed where the law lets it be, and all have a rule', () => {
    const values = changePolicy(POLICY_DEFAULTS, {});
    expect({ ...values, version: POLICY_DEFAULTS.version }).toEqual(POLICY_DEFAULTS);
    expect(changePolicy(POLICY_DEFAULTS, { ...values })).toEqual(values);
    expect([...POLICY_KEYS].sort()).toEqual(Object.keys(values).sort());
    expect(POLICY_DEFAULTS).toMatchObject({
      backupErasure: 'IMMEDIATE',
      responseDays: 45,
      maxDays: 90,
      recordMonths: 24,
      contractExecutionDays: 30,
      consentRequired: false,
      approval: 'AUTOMATIC',
      enabledTypes: ['DELETE', 'EXPORT', 'RETURN'],
    });
  });

  it.each<[string, unknown]>([
    ['responseDays', 46],
    ['maxDays', 91],
    ['ackBusinessDays', 11],
    ['recordMonths', 23],
    ['knowLimitCount', 1],
    ['knowLimitMonths', 13],
    ['lookback', 'LAST_12_MONTHS'],
    ['lookbackFloor', '2022-01-02'],
    ['agentNaturalPerson', false],
    ['deleteVerification', 'NONE'],
    ['categoriesVerification', 'NONE'],
    ['piecesVerification', 'REASONABLE'],
    ['enabledTypes', ['DELETE', 'RETURN']],
    ['enabledTypes', ['EXPORT', 'RETURN']],
    ['enabledTypes', []],
  ])('below the law are refused by name: %s = %j', (key, value) => {
    expect(set({ [key]: value })).toMatch(new RegExp(`^POLICY_BELOW_LAW ${key} would`));
  });

  it.each<[string, unknown]>([
    ['responseDays', 45],
    ['responseDays', 1],
    ['maxDays', 45],
    ['recordMonths', 120],
    ['knowLimitCount', 3],
    ['lookbackFloor', '2020-01-01'],
    ['requireSosRegistration', true],
    ['rollOnHoliday', true],
    ['backupErasure', 'ON_RESTORE'],
    ['deleteScope', 'COLLECTED_FROM_CONSUMER'],
    ['deleteVerification', 'REASONABLY_HIGH'],
    ['exceptionSet', ['EX_LEGAL']],
    ['exceptionSet', []],
    ['deadlineZone', 'Pacific/Auckland'],
    ['transferReminderDays', []],
    ['enabledTypes', ['EXPORT', 'DELETE', 'OPT_OUT', 'DROP', 'ADMT']],
    ['consentRequired', true],
  ])('at the law or stricter are taken: %s = %j', (key, value) => {
    expect(changePolicy(POLICY_DEFAULTS, { [key]: value })).toMatchObject({ [key]: value });
  });

  it.each<[string, unknown]>([
    ['responseDays', '45'],
    ['responseDays', 0],
    ['responseDays', -1],
    ['responseDays', 4.5],
    ['responseDays', null],
    ['responseDays', 1e21],
    ['recordMonths', 3651],
    ['deadlineZone', 'Mars/Olympus'],
    ['deadlineZone', '+05:00'],
    ['lookbackFloor', '2021-02-30'],
    ['lookbackFloor', 'yesterday'],
    ['exceptionSet', ['EX_LEGAL', 'EX_LEGAL']],
    ['exceptionSet', ['EX_ANYTHING']],
    ['enabledTypes', 'DELETE'],
    ['approval', 'NEVER'],
    ['consentRequired', 'yes'],
  ])('of another kind are refused by name: %s = %j', (key, value) => {
    expect(set({ [key]: value })).toMatch(new RegExp(`^VALIDATION_FAILED ${key} must be`));
  });

  it('of an unknown name, or at odds with one another, are refused, and nothing sent is repeated', () => {
    for (const name of ['marker7', 'version', '__proto__x', 'toString']) {
      expect(set({ [name]: 'marker8' })).toMatch(/^VALIDATION_FAILED/);
      expect(set({ [name]: 'marker8' })).not.toMatch(/marker/);
    }
    expect(set({ maxDays: 30 })).toBe('VALIDATION_FAILED maxDays must not be less than responseDays.');
    expect(set({ maxDays: 30, responseDays: 30 })).toBe('allowed');
  });

  it('change alone; the others stay as they were, and the version names the edition', () => {
    const first = changePolicy(POLICY_DEFAULTS, { responseDays: 30 });
    const second = changePolicy(policyOf(1, first), { consentRequired: true });
    expect(policyOf(2, second)).toEqual({
      ...POLICY_DEFAULTS,
      version: '2026-11-23.2',
      responseDays: 30,
      consentRequired: true,
    });
    expect(policyOf(0, {}).version).toBe('2026-11-23');
  });
});
