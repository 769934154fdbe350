import { DomainError } from '@personr/kernel';
import { assertInForce, type Standing } from './agreement.js';
import { startOfDay } from './calendar.js';
import { type Category } from './categories.js';
import { ELEMENTS, type ElementCode } from './elements.js';
import { EXCEPTION_GROUNDS } from './exceptions.js';
import { POLICY_DEFAULTS } from './policy.js';
import { isPurpose, PURPOSE_CODES, PURPOSES, type PurposeCode, type Role } from './purposes.js';

/** One version of the Privacy Notification: what it tells consumers is collected, and what for. */
export interface Notice {
  /** The date the notice shows as its last update, `YYYY-MM-DD`. */
  readonly version: string;
  readonly inForceFrom: Date;
  readonly categories: readonly Category[];
  readonly purposes: readonly PurposeCode[];
}

/** Every version there has been, oldest first. A version, once in force, is never edited. */
export const NOTICES: readonly Notice[] = [
  {
    version: '2026-11-23',
    inForceFrom: startOfDay('2026-11-23', POLICY_DEFAULTS.deadlineZone),
    categories: ['A', 'B', 'C', 'D', 'E', 'F', 'H', 'I', 'L'],
    purposes: [
      'IDENTITY_VERIFICATION',
      'AML_CFT_COMPLIANCE',
      'CLIENT_DUE_DILIGENCE',
      'INFORMATION_REQUEST',
      'FORM_REQUEST',
      'COMPLIANCE_MAIL',
      'CANDIDATE_EVALUATION',
      'CLIENT_RELATIONSHIP',
      'CUSTOMER_ACCOUNT',
      'DEMONSTRATION',
      'WEBSITE_PREFERENCES',
      'WEBSITE_CONTENT',
      'WEBSITE_ADVERTISING',
      'WEBSITE_FRAUD_PREVENTION',
      'WEBSITE_ANALYTICS',
    ],
  },
];

/** Gives the notice in force at `at`. Throws `CATEGORY_NOT_IN_NOTICE` before the first: no notice, no collection. */
export function noticeInForce(at: Date): Notice {
  const notice = NOTICES.findLast(({ inForceFrom }) => inForceFrom.getTime() <= at.getTime());
  if (!notice) {
    throw new DomainError('CATEGORY_NOT_IN_NOTICE', 'No privacy notice was in force at that time.');
  }
  return notice;
}

/**
 * Refuses a write that the notice did not announce (1798.100(a)(1), R-14). Throws `CATEGORY_NOT_IN_NOTICE`
 * unless the notice lists every category of the element, and `PURPOSE_NOT_IN_NOTICE` unless it lists the
 * purpose; text that names no purpose is not in the notice either.
 */
export function assertWritable(notice: Notice, write: { element: ElementCode; purpose: string }): void {
  const missing = ELEMENTS[write.element].categories.filter((letter) => !notice.categories.includes(letter));
  if (missing.length > 0) {
    throw new DomainError(
      'CATEGORY_NOT_IN_NOTICE',
      `Notice ${notice.version} does not list category ${missing.join(', ')} of this element.`,
    );
  }
  if (!isPurpose(write.purpose) || !notice.purposes.includes(write.purpose)) {
    throw new DomainError('PURPOSE_NOT_IN_NOTICE', `Notice ${notice.version} does not list this purpose.`);
  }
}

/**
 * Refuses a read for a purpose that the data may not be used for. A service provider may use it for every
 * purpose of the agreement in force, whichever of them it was collected for (Reg. 7050(a)(1), 7051(a)(2), (3)),
 * and, while the agreement is in force or winds down, for security and fraud and on the grounds of 1798.145(a)
 * (Reg. 7050(a)(4), (5)). Throws `PURPOSE_NOT_PERMITTED`, and `AGREEMENT_NOT_IN_FORCE` for what would be permitted
 * under one.
 */
export function assertReadable(
  purpose: string,
  role: Role,
  { purposes, standing }: { purposes: readonly PurposeCode[]; standing: Standing },
): asserts purpose is PurposeCode {
  if (!isPurpose(purpose) || PURPOSES[purpose].role !== role) throw notPermitted();
  const isOwnUse = OWN_USES.has(purpose);
  if (isOwnUse && (standing === 'WIND_DOWN' || standing === 'LEAVING')) return;
  assertInForce(standing);
  if (!isOwnUse && !purposes.includes(purpose)) throw notPermitted();
}

/** What a read may be for: a purpose, or the ground of a hold, for what that kept from an erasure. */
export const READ_PURPOSES: readonly string[] = [...PURPOSE_CODES, ...EXCEPTION_GROUNDS];

/**
 * Refuses a read of what a hold keeps, for the ground of the hold (R-78, 1798.145(a)): it is permitted while the agreement
 * is in force or winds down. Throws `AGREEMENT_NOT_IN_FORCE`.
 */
export function assertKeptReadable({ standing }: { standing: Standing }): void {
  if (standing !== 'WIND_DOWN' && standing !== 'LEAVING') assertInForce(standing);
}

const OWN_USES: ReadonlySet<PurposeCode> = new Set(['SECURITY_AND_FRAUD', 'LEGAL_OBLIGATION']);

const notPermitted = (): DomainError =>
  new DomainError('PURPOSE_NOT_PERMITTED', 'This data may not be read for this purpose.');
