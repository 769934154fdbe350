/** The values instructions are judged by. An instruction stores the `version` it was judged under. */
export interface Policy {
  readonly version: string;

  /** Calendar days to answer a consumer request. At most 45 (1798.130(a)(2)(A), Reg. 7021(b)). */
  readonly responseDays: number;

  /** Calendar days to answer when extended, counted from receipt. At most 90 (same). */
  readonly maxDays: number;

  /** IANA time zone in which a date is a date. */
  readonly deadlineZone: string;

  /** Calendar months a request's record is kept from its answer. At least 24 (Reg. 7101(a)). */
  readonly recordMonths: number;

  /** Calendar days to execute an instruction that rests on the Agreement, not on a consumer request. */
  readonly contractExecutionDays: number;
}

/** What holds where a tenant has set nothing else. */
export const POLICY_DEFAULTS: Policy = {
  version: '2026-11-23',
  responseDays: 45,
  maxDays: 90,
  deadlineZone: 'America/Los_Angeles',
  recordMonths: 24,
  contractExecutionDays: 30,
};
