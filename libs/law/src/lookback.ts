import { addMonths, localDate, startOfDay } from './calendar.js';
import { type Policy } from './policy.js';
import { type Audience } from './redaction.js';
import { type ExportContent } from './request.js';

/** How far back an answer is asked to go: from a day on, or to everything; nothing said is null. */
export type Lookback = { readonly from: string } | { readonly all: true } | null;

const MONTHS = 12;

/**
 * The first instant of which an export answers; null when all that is held counts. To a consumer: the 12 months
 * before receipt, or as far as asked for, never before the policy's floor (1798.130(a)(2)(B)). The Business has
 * everything unless it asks for less (Reg. 7024(i)).
 */
export function collectedFrom(
  asked: Lookback,
  { audience, receivedAt, policy }: { audience: Audience; receivedAt: Date; policy: Policy },
): Date | null {
  const { deadlineZone: zone, lookbackFloor: floor } = policy;
  const lastTwelve = addMonths(localDate(receivedAt, zone), -MONTHS);
  if (audience === 'BUSINESS') return asked === null || 'all' in asked ? null : startOfDay(asked.from, zone);
  const wanted = asked === null || policy.lookback === 'LAST_12_MONTHS' ? lastTwelve : dayOf(asked, floor);
  return startOfDay(wanted < floor ? floor : wanted, zone);
}

const dayOf = (asked: Exclude<Lookback, null>, floor: string): string =>
  'all' in asked ? floor : asked.from;

/**
 * Whether one more answer is owed on the day of `receivedAt` to whoever had answers to requests received at `earlier`
 * (1798.130(b), R-49): fewer than the limit within the months before. Days count, in the policy's zone.
 */
export function isAnswerOwed(receivedAt: Date, earlier: readonly Date[], policy: Policy): boolean {
  const { deadlineZone: zone, knowLimitCount, knowLimitMonths } = policy;
  const today = localDate(receivedAt, zone);
  const counted = earlier.filter((at) => addMonths(localDate(at, zone), knowLimitMonths) > today);
  return counted.length < knowLimitCount;
}

/**
 * Why a Business has an answer given that the law does not owe any more (1798.130(b), R-49). Codes, since the log says them.
 *
 * - `GOODWILL`: it gives more than it owes.
 * - `EARLIER_NOT_RECEIVED`, `EARLIER_NOT_RIGHT`: an earlier answer did not arrive, or was wrong or short.
 * - `OTHER_DUTY`: a court, an authority or another law asks for it.
 */
export const WAIVER_REASONS = [
  'GOODWILL',
  'EARLIER_NOT_RECEIVED',
  'EARLIER_NOT_RIGHT',
  'OTHER_DUTY',
] as const;
export type WaiverReason = (typeof WAIVER_REASONS)[number];

/**
 * What an answer has to say of itself. `IDENTITY_NOT_VERIFIED`: specific pieces were asked for, the identity was not
 * verified to the degree that they need, and so the request was evaluated as one for categories (Reg. 7024(a), R-33).
 */
export const EXPORT_NOTICES = ['IDENTITY_NOT_VERIFIED'] as const;
export type ExportNotice = (typeof EXPORT_NOTICES)[number];

/**
 * What an export holds, for whom, and from which instant on: an RFC 3339 time, or null for all that is held. And how it
 * leaves: to which endpoint, or for download, and encrypted to which recipient of `age`, or as it is.
 */
export type ExportOrder = {
  readonly content: ExportContent;
  readonly audience: Audience;
  readonly collectedFrom: string | null;
  readonly waiver?: WaiverReason;
  readonly notice?: ExportNotice;
  readonly endpointId?: string | null;
  readonly encryptTo?: string | null;
};
