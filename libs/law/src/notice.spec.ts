import { DomainError } from '@personr/kernel';
import { type ElementCode } from './elements.js';
import { assertReadable, assertWritable, noticeInForce } from './notice.js';
import { type Standing } from './agreement.js';
import { isPurpose, PURPOSE_CODES, type Role } from './purposes.js';
import { isSource, SOURCE_CODES } from './sources.js';

const codeOf = (act: () => void): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'allowed';
};

const notice = noticeInForce(new Date('2026-11-23T18:00:00Z'));
const write = (element: ElementCode, purpose = 'IDENTITY_VERIFICATION'): string =>
  codeOf(() => {
    assertWritable(notice, { element, purpose });
  });
const AGREED = ['IDENTITY_VERIFICATION', 'AML_CFT_COMPLIANCE'] as const;
const read = (purpose: string, role: Role = 'SERVICE_PROVIDER', standing: Standing = 'IN_FORCE'): string =>
  codeOf(() => {
    assertReadable(purpose, role, {
      purposes: role === 'BUSINESS' ? ['WEBSITE_ADVERTISING'] : AGREED,
      standing,
    });
  });

describe('the notice in force', () => {
  it('R-14: lists the categories A to F, H, I and L, and no other', () => {
    expect(notice.version).toBe('2026-11-23');
    expect(notice.categories.join('')).toBe('ABCDEFHIL');
  });

  it('R-14: begins at local midnight of its date, and nothing can be collected before the first', () => {
    expect(noticeInForce(new Date('2026-11-23T08:00:00.000Z')).version).toBe('2026-11-23');
    expect(codeOf(() => noticeInForce(new Date('2026-11-23T07:59:59.999Z')))).toBe('CATEGORY_NOT_IN_NOTICE');
  });

  it.each<ElementCode>(['GEOLOCATION', 'EDUCATION_RECORD', 'INFERENCE_PROFILE'])(
    'R-14: a write of %s is refused',
    (element) => {
      expect(write(element)).toBe('CATEGORY_NOT_IN_NOTICE');
    },
  );

  it('R-14: an element is refused when only one of its categories is listed', () => {
    const narrow = { ...notice, categories: ['A' as const] };
    const purpose = 'IDENTITY_VERIFICATION';
    expect(
      codeOf(() => {
        assertWritable(narrow, { element: 'FULL_NAME', purpose });
      }),
    ).toBe('CATEGORY_NOT_IN_NOTICE');
    expect(
      codeOf(() => {
        assertWritable(narrow, { element: 'IP_ADDRESS', purpose });
      }),
    ).toBe('allowed');
  });

  it('R-14: what is announced can be written, derived results too', () => {
    expect(write('FULL_NAME', 'AML_CFT_COMPLIANCE')).toBe('allowed');
    expect(write('VACCINATION_CERTIFICATE')).toBe('allowed');
    expect(write('LIVENESS_SCORE')).toBe('allowed');
    expect(write('SELFIE', 'DEMONSTRATION')).toBe('allowed');
  });

  it.each(['SECURITY_AND_FRAUD', 'LEGAL_OBLIGATION', 'SALE', 'SHARE', 'toString', ''])(
    'R-14: a write for the purpose "%s" is refused',
    (purpose) => {
      expect(write('FULL_NAME', purpose)).toBe('PURPOSE_NOT_IN_NOTICE');
    },
  );
});

describe('purpose-bound reading', () => {
  it("R-08: a tenant's data is read for the contract's purposes, security and fraud, and legal grounds", () => {
    expect(PURPOSE_CODES.filter((purpose) => read(purpose) === 'allowed')).toEqual([
      'IDENTITY_VERIFICATION',
      'AML_CFT_COMPLIANCE',
      'SECURITY_AND_FRAUD',
      'LEGAL_OBLIGATION',
    ]);
  });

  it('R-03: without an agreement in force nothing is read, but for our own duties while it winds down', () => {
    const allowed = (standing: Standing) =>
      PURPOSE_CODES.filter((purpose) => read(purpose, 'SERVICE_PROVIDER', standing) === 'allowed');
    expect(allowed('WIND_DOWN')).toEqual(['SECURITY_AND_FRAUD', 'LEGAL_OBLIGATION']);
    expect([allowed('NONE'), allowed('ENDED')]).toEqual([[], []]);
    expect(read('IDENTITY_VERIFICATION', 'SERVICE_PROVIDER', 'ENDED')).toBe('AGREEMENT_NOT_IN_FORCE');
    expect(read('WEBSITE_ADVERTISING', 'SERVICE_PROVIDER', 'ENDED')).toBe('PURPOSE_NOT_PERMITTED');
  });

  it("R-08: a purpose of our own Business does not open a tenant's data, nor the other way round", () => {
    expect(read('WEBSITE_ADVERTISING')).toBe('PURPOSE_NOT_PERMITTED');
    expect(read('WEBSITE_ADVERTISING', 'BUSINESS')).toBe('allowed');
    expect(read('IDENTITY_VERIFICATION', 'BUSINESS')).toBe('PURPOSE_NOT_PERMITTED');
  });

  it('R-08: text that names no purpose is refused', () => {
    expect(read('curiosity')).toBe('PURPOSE_NOT_PERMITTED');
    expect(read('hasOwnProperty')).toBe('PURPOSE_NOT_PERMITTED');
  });
});

describe('closed lists', () => {
  it('know their own names and no inherited one', () => {
    expect(SOURCE_CODES).toEqual(['CLIENT_OR_AGENT', 'CONSUMER_DIRECT', 'WEBSITE', 'DATA_PROVIDER']);
    expect([isSource('WEBSITE'), isSource('valueOf')]).toEqual([true, false]);
    expect([isPurpose('DEMONSTRATION'), isPurpose('valueOf')]).toEqual([true, false]);
  });
});
