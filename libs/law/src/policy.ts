import { type ExceptionGround, EXCEPTION_GROUNDS } from './exceptions.js';
import { type InstructionType } from './request.js';

/** What a policy can enable: the types of instruction, the Delete Act's platform, and requests about ADMT. */
export type EnabledType = InstructionType | 'DROP' | 'ADMT';

/**
 * The values a tenant is judged by (requirements 5.2). An instruction stores the `version` it was judged under.
 * What the law lets each value be is said in `policy-rules.ts`.
 */
export interface Policy {
  readonly version: string;

  /** Whether backups are made unreadable at once, or when they are restored (Reg. 7022(d)). */
  readonly backupErasure: 'IMMEDIATE' | 'ON_RESTORE';

  /** What a DELETE covers: all that is held, or what came from the consumer (1798.105(a)). */
  readonly deleteScope: 'ALL_HELD' | 'COLLECTED_FROM_CONSUMER';

  /** How far back an answer goes: as asked for, 12 months when nothing is said (1798.130(a)(2)(B)). */
  readonly lookback: 'REQUESTED' | 'LAST_12_MONTHS';

  /** The day, `YYYY-MM-DD`, before which no answer needs to go (1798.130(a)(2)(B)). */
  readonly lookbackFloor: string;

  /** Which requests count towards the limit of `knowLimitCount` in `knowLimitMonths` (1798.130(b)). */
  readonly knowLimitScope: 'SPECIFIC_PIECES' | 'ALL_KNOW';
  readonly knowLimitCount: number;
  readonly knowLimitMonths: number;

  /** Calendar days to answer a consumer request. At most 45 (1798.130(a)(2)(A), Reg. 7021(b)). */
  readonly responseDays: number;

  /** Calendar days to answer when extended, counted from receipt. At most 90 (same). */
  readonly maxDays: number;

  /** Business days to confirm receipt, and which days are business days (Reg. 7021(a)). */
  readonly ackBusinessDays: number;
  readonly ackCalendar: 'EARLIEST_OF_BOTH' | 'CA_OFFICE' | 'CA_CIVIL';

  /** IANA time zone in which a date is a date. */
  readonly deadlineZone: string;

  /** Whether a due day that is a holiday moves on. Not moving is never late. */
  readonly rollOnHoliday: boolean;

  /** Whether a natural person may be an agent, and whether an entity must be registered (Reg. 7001(d), 7063). */
  readonly agentNaturalPerson: boolean;
  readonly requireSosRegistration: boolean;

  /** How well who asks must be verified (Reg. 7062(b)-(d)). BY_SENSITIVITY goes by the most sensitive element. */
  readonly deleteVerification: 'NONE' | 'BY_SENSITIVITY' | 'REASONABLY_HIGH';
  readonly categoriesVerification: 'NONE' | 'REASONABLE' | 'REASONABLY_HIGH';
  readonly piecesVerification: 'NONE' | 'REASONABLE' | 'REASONABLY_HIGH';

  /** The exceptions that may be asserted. */
  readonly exceptionSet: readonly ExceptionGround[];
  readonly answerChannel: 'SAME_AS_REQUEST' | 'ACCOUNT' | 'CONSUMER_CHOICE';

  /** Calendar months a request's record is kept from its answer. At least 24 (Reg. 7101(a)). */
  readonly recordMonths: number;

  /** Days for which whoever was erased is known by identity and kept from coming back; 0 for none. */
  readonly suppressionDays: number;

  /** Calendar days to execute an instruction that rests on the Agreement, not on a consumer request. */
  readonly contractExecutionDays: number;
  readonly subprocessorConfirmDays: number;
  readonly transferReminderDays: readonly number[];
  readonly packageExpiryDays: number;
  readonly cannotComplyNoticeBusinessDays: number;
  readonly enabledTypes: readonly EnabledType[];

  /** Whether a value is taken in only under a consent on record. */
  readonly consentRequired: boolean;
  readonly approval: 'AUTOMATIC';
}

/** The values of a policy, without the version they make up. */
export type PolicyValues = Omit<Policy, 'version'>;

/** What holds where a tenant has set nothing else. */
export const POLICY_DEFAULTS: Policy = {
  version: '2026-11-23',
  backupErasure: 'IMMEDIATE',
  deleteScope: 'ALL_HELD',
  lookback: 'REQUESTED',
  lookbackFloor: '2022-01-01',
  knowLimitScope: 'SPECIFIC_PIECES',
  knowLimitCount: 2,
  knowLimitMonths: 12,
  responseDays: 45,
  maxDays: 90,
  ackBusinessDays: 10,
  ackCalendar: 'EARLIEST_OF_BOTH',
  deadlineZone: 'America/Los_Angeles',
  rollOnHoliday: false,
  agentNaturalPerson: true,
  requireSosRegistration: false,
  deleteVerification: 'BY_SENSITIVITY',
  categoriesVerification: 'REASONABLE',
  piecesVerification: 'REASONABLY_HIGH',
  exceptionSet: EXCEPTION_GROUNDS,
  answerChannel: 'SAME_AS_REQUEST',
  recordMonths: 24,
  suppressionDays: 30,
  contractExecutionDays: 30,
  subprocessorConfirmDays: 15,
  transferReminderDays: [3, 7, 14],
  packageExpiryDays: 7,
  cannotComplyNoticeBusinessDays: 5,
  enabledTypes: ['DELETE', 'EXPORT', 'RETURN'],
  consentRequired: false,
  approval: 'AUTOMATIC',
};

/**
 * The policy of a tenant's `edition`: its values over the house's. The version names both, as in `2026-11-23.4`;
 * a tenant that has set nothing has edition 0 and the house's version.
 */
export const policyOf = (edition: number, values: Partial<PolicyValues>): Policy => ({
  ...POLICY_DEFAULTS,
  ...values,
  version: edition === 0 ? POLICY_DEFAULTS.version : `${POLICY_DEFAULTS.version}.${edition}`,
});
