import { type ElementCode, ELEMENTS } from './elements.js';
import { type ConsumerExport } from './element-tags.js';

/** For whom an export is: the consumer, or the Business, whose own record it is (Reg. 7024(d), (i)). */
export const AUDIENCES = ['CONSUMER', 'BUSINESS'] as const;
export type Audience = (typeof AUDIENCES)[number];

/**
 * Why something that is held is named and not shown.
 *
 * - `NEVER_DISCLOSED`: Reg. 7024(d) forbids it, and wants its kind said.
 * - `SECURITY_DATA`: made for security and integrity, no specific piece (1798.130(a)(3)(B)(iii)).
 * - `DECIDED_BY_BUSINESS`: whether it is given is for the Business to say.
 * - `NOT_MASKED`: given only with the parts masked that Reg. 7024(d) forbids, and they could not be found with certainty.
 * - `HOLDS_A_FORBIDDEN_VALUE`: a value that Reg. 7024(d) forbids is written in it.
 * - `KEPT_FOR_A_GROUND`: an erasure left it because of a hold, for whose ground alone it may be used (Reg. 7022(c)(2), (f)(3)).
 */
export const WITHHOLDINGS = [
  'NEVER_DISCLOSED',
  'SECURITY_DATA',
  'DECIDED_BY_BUSINESS',
  'NOT_MASKED',
  'HOLDS_A_FORBIDDEN_VALUE',
  'KEPT_FOR_A_GROUND',
] as const;
export type Withholding = (typeof WITHHOLDINGS)[number];

/** Where the law says so. */
export const WITHHOLDING_LAW: Readonly<Record<Withholding, string>> = {
  NEVER_DISCLOSED: 'Reg. 7024(d)',
  SECURITY_DATA: '1798.130(a)(3)(B)(iii)',
  DECIDED_BY_BUSINESS: 'Reg. 7024(i)',
  NOT_MASKED: 'Reg. 7024(d)',
  HOLDS_A_FORBIDDEN_VALUE: 'Reg. 7024(d)',
  KEPT_FOR_A_GROUND: 'Reg. 7022(c)(2), (f)(3)',
};

const OF_VALUES: Readonly<Record<ConsumerExport, Withholding | null>> = {
  GIVE: null,
  GIVE_OWN_PERSON: null,
  GIVE_OR_MASK: null,
  MASK: 'NOT_MASKED',
  DESCRIBE: 'NEVER_DISCLOSED',
  WITHHOLD_AND_DESCRIBE: 'SECURITY_DATA',
  PER_BUSINESS: 'DECIDED_BY_BUSINESS',
};

/** Why a value of the element is not shown to this audience, or null when it is. The Business sees everything. */
export const withholdingOf = (element: ElementCode, audience: Audience): Withholding | null =>
  audience === 'BUSINESS' ? null : OF_VALUES[ELEMENTS[element].consumerExport];

/** Whether values of the element must stand nowhere in what a consumer gets (Reg. 7024(d)). */
export const isForbidden = (element: ElementCode): boolean => ELEMENTS[element].consumerExport === 'DESCRIBE';
