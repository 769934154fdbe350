import { DomainError } from '@personr/kernel';
import { addDays, addMonths, startOfDay } from './calendar.js';
import { type Category } from './categories.js';
import { type Notice, NOTICES } from './notice.js';
import { type PurposeCode } from './purposes.js';

/** What a notice announces. */
export type Announced = Pick<Notice, 'categories' | 'purposes'>;

/** When a notice version is due for its yearly review (1798.130(a)(5), R-17). */
export interface NoticeReview {
  readonly remindFrom: Date;

  /** The last day on time, `YYYY-MM-DD`. */
  readonly dueOn: string;

  /** The first instant that is late. */
  readonly overdueFrom: Date;
}

export type NoticeFlag = 'NOTICE_REVIEW_DUE' | 'NOTICE_REVIEW_OVERDUE';

const REVIEW_MONTHS = 12;
const REMIND_DAYS = 30;

/** The house's notice a tenant that comes in at `at` adopts: the one in force, or the first before there was one. */
export const noticeToAdopt = (at: Date): Notice => {
  const [first] = NOTICES;
  const adopted = NOTICES.findLast(({ inForceFrom }) => inForceFrom <= at) ?? first;
  if (adopted === undefined) throw new DomainError('INTERNAL', 'The house has no notice.');
  return adopted;
};

/**
 * Refuses a notice that announces more than the house's, which is what consumers were told. Throws
 * `CATEGORY_NOT_IN_NOTICE`, `PURPOSE_NOT_IN_NOTICE`.
 */
export function assertWithin(house: Notice, { categories, purposes }: Announced): void {
  const letters = categories.filter((letter) => !house.categories.includes(letter));
  if (letters.length > 0) {
    throw new DomainError(
      'CATEGORY_NOT_IN_NOTICE',
      `Notice ${house.version} of the house does not list category ${letters.join(', ')}.`,
    );
  }
  if (purposes.some((purpose) => !house.purposes.includes(purpose))) {
    throw new DomainError(
      'PURPOSE_NOT_IN_NOTICE',
      `Notice ${house.version} of the house does not list one of these purposes.`,
    );
  }
}

/** What holds when a tenant's notice stands under the house's: what both announce, under the tenant's version. */
export const narrowedBy = (house: Notice, own: Notice): Notice => ({
  ...own,
  categories: own.categories.filter((letter: Category) => house.categories.includes(letter)),
  purposes: own.purposes.filter((purpose: PurposeCode) => house.purposes.includes(purpose)),
});

/** When the version (its date, `YYYY-MM-DD`) is to be reviewed: within 12 calendar months, in `zone`. */
export function reviewOf(version: string, zone: string): NoticeReview {
  const dueOn = addMonths(version, REVIEW_MONTHS);
  return {
    remindFrom: startOfDay(addDays(dueOn, -REMIND_DAYS), zone),
    dueOn,
    overdueFrom: startOfDay(addDays(dueOn, 1), zone),
  };
}

/** What is to be said of the review at `at`: nothing, that it is due within 30 days, or that it is overdue. */
export function reviewFlags({ remindFrom, overdueFrom }: NoticeReview, at: Date): NoticeFlag[] {
  if (at >= overdueFrom) return ['NOTICE_REVIEW_OVERDUE'];
  return at >= remindFrom ? ['NOTICE_REVIEW_DUE'] : [];
}
