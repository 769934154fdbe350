import { isDomainError } from '@personr/kernel';
import { CONTRACT_TERM_NUMBERS } from '@personr/law';
import { parseTerms } from './parse-terms.js';
import { standardTerms } from './standard-terms.js';

const AT = new Date('2026-11-24T18:00:00.000Z');
const SECRET = 'Marker-77ae';

const agreement = {
  effectiveFrom: '2026-12-01T08:00:00Z',
  windDownDays: 60,
  purposes: ['IDENTITY_VERIFICATION'],
  checklist: CONTRACT_TERM_NUMBERS,
  annexes: [{ title: 'Annex 1', kind: 'ANNEX', sha256: 'a'.repeat(64) }],
};
const instructor = { name: 'Ida Invented', role: 'PRIVACY_OFFICER', authority: ['DELETE', 'RETURN'] };

const refusal = (file: unknown): string => {
  try {
    parseTerms(file, AT);
    return 'taken';
  } catch (error) {
    if (isDomainError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
};

describe('a file of terms', () => {
  it('gives everything a tenant comes in under', () => {
    const notice = { version: '2026-11-24', categories: ['A'], purposes: ['IDENTITY_VERIFICATION'] };
    const policy = { consentRequired: true };
    expect(parseTerms({ agreement, notice, policy, instructors: [instructor] }, AT)).toEqual({
      agreement: { ...agreement, effectiveFrom: new Date('2026-12-01T08:00:00Z'), effectiveTo: null },
      notice,
      policy,
      instructors: [
        {
          who: { kind: 'PERSON', name: 'Ida Invented' },
          role: 'PRIVACY_OFFICER',
          authority: ['DELETE', 'RETURN'],
          validFrom: AT,
          validTo: null,
        },
      ],
    });
  });

  it('with an agreement alone leaves the rest at the standard', () => {
    const { notice, policy, instructors } = standardTerms(AT);
    expect(parseTerms({ agreement }, AT)).toMatchObject({ notice, policy, instructors });
  });

  it.each<[string, unknown]>([
    ['The file', null],
    ['The file', []],
    ['The file', { agreement, [SECRET]: 1 }],
    ['/agreement', {}],
    ['/agreement', { agreement: SECRET }],
    ['/agreement', { agreement: { ...agreement, [SECRET]: 1 } }],
    ['/agreement/windDownDays', { agreement: { ...agreement, windDownDays: -1 } }],
    ['/agreement/windDownDays', { agreement: { ...agreement, windDownDays: '60' } }],
    ['/agreement/purposes', { agreement: { ...agreement, purposes: SECRET } }],
    ['/agreement/purposes/0', { agreement: { ...agreement, purposes: [7] } }],
    ['/agreement/checklist/1', { agreement: { ...agreement, checklist: [1, 11] } }],
    ['/agreement/effectiveFrom', { agreement: { ...agreement, effectiveFrom: '2026-02-30T00:00:00Z' } }],
    ['/agreement/effectiveTo', { agreement: { ...agreement, effectiveTo: agreement.effectiveFrom } }],
    [
      '/agreement/annexes/0/sha256',
      { agreement: { ...agreement, annexes: [{ ...agreement.annexes[0], sha256: SECRET }] } },
    ],
    [
      '/agreement/annexes/0/kind',
      { agreement: { ...agreement, annexes: [{ ...agreement.annexes[0], kind: SECRET }] } },
    ],
    ['/notice/version', { agreement, notice: { version: '2026-02-30', categories: [], purposes: [] } }],
    [
      '/notice/categories/0',
      { agreement, notice: { version: '2026-12-01', categories: [SECRET], purposes: [] } },
    ],
    [
      '/notice/purposes/0',
      { agreement, notice: { version: '2026-12-01', categories: ['A'], purposes: [SECRET] } },
    ],
    ['/policy', { agreement, policy: [] }],
    ['/policy', { agreement, policy: { [SECRET]: 1 } }],
    ['/policy', { agreement, policy: { responseDays: SECRET } }],
    ['/instructors', { agreement, instructors: instructor }],
    ['/instructors/0/name', { agreement, instructors: [{ ...instructor, name: 'two\nlines' }] }],
    ['/instructors/0/role', { agreement, instructors: [{ ...instructor, role: SECRET }] }],
    ['/instructors/0/authority/0', { agreement, instructors: [{ ...instructor, authority: [SECRET] }] }],
    ['/instructors/0/apiClientId', { agreement, instructors: [{ ...instructor, apiClientId: SECRET }] }],
  ])('that is not right is refused by the name of its member: %s in %j', (pointer, file) => {
    const said = refusal(file);
    expect(said).toMatch(new RegExp(`^VALIDATION_FAILED: ${pointer} must be `));
    expect(said).not.toContain(SECRET);
  });

  it.each<[string, unknown]>([
    [
      'AGREEMENT_TERMS_INCOMPLETE: .* item 3, 7',
      { agreement: { ...agreement, checklist: [1, 2, 4, 5, 6, 8, 9, 10] } },
    ],
    [
      'AGREEMENT_TERMS_INCOMPLETE: .*7051\\(a\\)\\(2\\)',
      { agreement: { ...agreement, purposes: ['as agreed'] } },
    ],
    ['POLICY_BELOW_LAW: recordMonths ', { agreement, policy: { recordMonths: 12 } }],
    [
      'CATEGORY_NOT_IN_NOTICE: .* G',
      { agreement, notice: { version: '2026-12-01', categories: ['G'], purposes: [] } },
    ],
  ])('R-03: that the law does not let be is refused: %s', (expected, file) => {
    expect(refusal(file)).toMatch(new RegExp(`^${expected}`));
  });
});
