import { DomainError } from '@personr/kernel';
import { isDay } from './calendar.js';
import { EXCEPTION_GROUNDS } from './exceptions.js';
import { type EnabledType, type Policy, type PolicyValues } from './policy.js';
import { INSTRUCTION_TYPES } from './request.js';

/** What a value may be at all, in words for who sets it, and which of those the law allows. */
interface Rule {
  readonly expects: string;
  readonly is: (value: unknown) => boolean;
  readonly isLawful?: (value: never) => boolean;
  readonly law?: string;
}

const LONGEST = 3650;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LONGEST;

const COUNT = { expects: `a whole number from 1 to ${LONGEST}`, is: isCount };

const atMost = (most: number, law: string): Rule => ({
  ...COUNT,
  isLawful: (value: number) => value <= most,
  law: `at most ${most}: ${law}`,
});

const atLeast = (least: number, law: string): Rule => ({
  ...COUNT,
  isLawful: (value: number) => value >= least,
  law: `at least ${least}: ${law}`,
});

const oneOf = (values: readonly string[]): Rule => ({
  expects: `one of ${values.join(', ')}`,
  is: (value) => typeof value === 'string' && values.includes(value),
});

const but = (rule: Rule, refused: string, law: string): Rule => ({
  ...rule,
  isLawful: (value: string) => value !== refused,
  law: `not ${refused}: ${law}`,
});

const FLAG: Rule = { expects: 'true or false', is: (value) => typeof value === 'boolean' };

const listOf = (expects: string, isMember: (value: unknown) => boolean): Rule => ({
  expects,
  is: (value) =>
    Array.isArray(value) &&
    value.length <= 50 &&
    new Set(value).size === value.length &&
    value.every(isMember),
});

const amongst =
  (values: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === 'string' && values.includes(value);

const TYPES: readonly EnabledType[] = [...INSTRUCTION_TYPES, 'DROP', 'ADMT'];
const LEVELS = ['NONE', 'REASONABLE', 'REASONABLY_HIGH'];
const MUST_ASSIST: readonly EnabledType[] = ['DELETE', 'EXPORT'];
const ZONE = /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+){0,2}$/;

const RULES: Readonly<Record<keyof PolicyValues, Rule>> = {
  backupErasure: oneOf(['IMMEDIATE', 'ON_RESTORE']),
  deleteScope: oneOf(['ALL_HELD', 'COLLECTED_FROM_CONSUMER']),
  lookback: but(oneOf(['REQUESTED', 'LAST_12_MONTHS']), 'LAST_12_MONTHS', '1798.130(a)(2)(B)'),
  lookbackFloor: {
    expects: 'a day as in 2022-01-01',
    is: (value) => typeof value === 'string' && isDay(value),
    isLawful: (value: string) => value <= '2022-01-01',
    law: 'not after 2022-01-01: 1798.130(a)(2)(B)',
  },
  knowLimitScope: oneOf(['SPECIFIC_PIECES', 'ALL_KNOW']),
  knowLimitCount: atLeast(2, '1798.130(b)'),
  knowLimitMonths: atMost(12, '1798.130(b)'),
  responseDays: atMost(45, '1798.130(a)(2)(A), Reg. 7021(b)'),
  maxDays: atMost(90, '1798.145(h)(1), Reg. 7021(b)'),
  ackBusinessDays: atMost(10, 'Reg. 7021(a)'),
  ackCalendar: oneOf(['EARLIEST_OF_BOTH', 'CA_OFFICE', 'CA_CIVIL']),
  deadlineZone: {
    expects: 'an IANA time zone as in America/Los_Angeles',
    is: (value) => typeof value === 'string' && ZONE.test(value) && isZone(value),
  },
  rollOnHoliday: FLAG,
  agentNaturalPerson: {
    ...FLAG,
    isLawful: (value: boolean) => value,
    law: 'any natural person may be an agent: Reg. 7001(d), 7063',
  },
  requireSosRegistration: FLAG,
  deleteVerification: but(
    oneOf(['NONE', 'BY_SENSITIVITY', 'REASONABLY_HIGH']),
    'NONE',
    'Reg. 7060(a), 7062(d)',
  ),
  categoriesVerification: but(oneOf(LEVELS), 'NONE', 'Reg. 7062(b)'),
  piecesVerification: {
    ...oneOf(LEVELS),
    isLawful: (value: string) => value === 'REASONABLY_HIGH',
    law: 'REASONABLY_HIGH: Reg. 7062(c)',
  },
  exceptionSet: listOf('a list of exceptions, each once', amongst(EXCEPTION_GROUNDS)),
  answerChannel: oneOf(['SAME_AS_REQUEST', 'ACCOUNT', 'CONSUMER_CHOICE']),
  recordMonths: atLeast(24, 'Reg. 7101(a)'),
  suppressionDays: {
    expects: `a whole number from 0 to ${LONGEST}`,
    is: (value) => value === 0 || isCount(value),
  },
  contractExecutionDays: COUNT,
  subprocessorConfirmDays: COUNT,
  transferReminderDays: listOf(`a list of whole numbers from 1 to ${LONGEST}, each once`, isCount),
  packageExpiryDays: COUNT,
  cannotComplyNoticeBusinessDays: COUNT,
  enabledTypes: {
    ...listOf('a list of instruction types, each once', amongst(TYPES)),
    isLawful: (value: readonly EnabledType[]) => MUST_ASSIST.every((type) => value.includes(type)),
    law: 'DELETE and EXPORT stay: 1798.105(c)(3), 1798.130(a)(3)(A)',
  },
  consentRequired: FLAG,
  approval: oneOf(['AUTOMATIC']),
};

/** The name of a policy value. */
export type PolicyKey = keyof PolicyValues;

/** Every name of a policy value, in the order of the table. */
export const POLICY_KEYS = Object.keys(RULES) as readonly PolicyKey[];

/** Says whether `text` names a policy value. */
export const isPolicyKey = (text: string): text is PolicyKey => Object.hasOwn(RULES, text);

/**
 * Applies changes to a policy. Throws `VALIDATION_FAILED` for a name that is no policy value and for a value that
 * is not of its kind, and `POLICY_BELOW_LAW` for one that is looser than the law; both name the value by its key.
 */
export function changePolicy(from: Policy, changes: Readonly<Record<string, unknown>>): PolicyValues {
  for (const [key, value] of Object.entries(changes)) assertValue(key, value);
  const values = Object.fromEntries(
    POLICY_KEYS.map((key) => [key, changes[key] ?? from[key]]),
  ) as unknown as PolicyValues;
  if (values.maxDays < values.responseDays) {
    throw new DomainError('VALIDATION_FAILED', 'maxDays must not be less than responseDays.');
  }
  return values;
}

function assertValue(key: string, value: unknown): void {
  if (!isPolicyKey(key)) {
    throw new DomainError('VALIDATION_FAILED', 'The policy has no value of one of these names.');
  }
  const { expects, is, isLawful = () => true, law = '' } = RULES[key];
  if (!is(value)) throw new DomainError('VALIDATION_FAILED', `${key} must be ${expects}.`);
  if (!isLawful(value as never)) {
    throw new DomainError('POLICY_BELOW_LAW', `${key} would be looser than the law allows (${law}).`);
  }
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
