import { isDomainError } from '@personr/kernel';
import { type Notice, NOTICES } from './notice.js';
import { assertWithin, narrowedBy, noticeToAdopt, reviewFlags, reviewOf } from './notice-version.js';

const ZONE = 'America/Los_Angeles';
const house = NOTICES[0]!;

const refusal = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    if (isDomainError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'allowed';
};

describe('the review of a notice', () => {
  it('R-17: of version 2026-11-23 is due on 2027-11-23 and overdue from 2027-11-24 00:00 in California', () => {
    const review = reviewOf('2026-11-23', ZONE);
    expect(review.dueOn).toBe('2027-11-23');
    expect(review.overdueFrom.toISOString()).toBe('2027-11-24T08:00:00.000Z');
    expect(reviewFlags(review, new Date('2027-11-24T07:59:59.999Z'))).toEqual(['NOTICE_REVIEW_DUE']);
    expect(reviewFlags(review, new Date('2027-11-24T08:00:00.000Z'))).toEqual(['NOTICE_REVIEW_OVERDUE']);
  });

  it('R-17: is announced 30 days before', () => {
    const review = reviewOf('2026-11-23', ZONE);
    expect(reviewFlags(review, new Date('2027-10-24T06:59:59.999Z'))).toEqual([]);
    expect(reviewFlags(review, new Date('2027-10-24T07:00:00.000Z'))).toEqual(['NOTICE_REVIEW_DUE']);
  });

  it('R-17: counts calendar months: of 29 February to the last day of the next', () => {
    expect(reviewOf('2028-02-29', ZONE).dueOn).toBe('2029-02-28');
  });
});

describe("a tenant's notice", () => {
  it("R-14: may be narrower than the house's and never wider", () => {
    const within = (changes: Partial<Pick<Notice, 'categories' | 'purposes'>>) => () => {
      assertWithin(house, { categories: ['A'], purposes: ['IDENTITY_VERIFICATION'], ...changes });
    };
    expect(refusal(within({}))).toBe('allowed');
    expect(refusal(within({ categories: house.categories, purposes: house.purposes }))).toBe('allowed');
    expect(refusal(within({ categories: ['A', 'G'] }))).toMatch(/^CATEGORY_NOT_IN_NOTICE .* G\.$/);
    expect(refusal(within({ purposes: ['LEGAL_OBLIGATION'] }))).toMatch(/^PURPOSE_NOT_IN_NOTICE/);
  });

  it("R-14: holds as far as the house's does, should that narrow later", () => {
    const own: Notice = { ...house, version: '2027-01-01', categories: ['A', 'E'], purposes: house.purposes };
    const narrower: Notice = { ...house, categories: ['A'], purposes: ['IDENTITY_VERIFICATION'] };
    expect(narrowedBy(narrower, own)).toEqual({
      ...own,
      categories: ['A'],
      purposes: ['IDENTITY_VERIFICATION'],
    });
  });

  it('adopted at onboarding is the one in force, or the first before there was one', () => {
    expect(noticeToAdopt(new Date('2027-01-01T00:00:00Z')).version).toBe('2026-11-23');
    expect(noticeToAdopt(new Date('2020-01-01T00:00:00Z')).version).toBe('2026-11-23');
  });
});
