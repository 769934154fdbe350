import { DomainError } from '@personr/kernel';
import { type ElementCode } from './elements.js';
import { type Basis, type InstructionType } from './request.js';
import { assertVerified, requiredLevel, type Verification, type VerifiedAct } from './verification.js';

const proof = (over: Partial<Verification> = {}): Verification => ({
  level: 'REASONABLY_HIGH',
  method: 'DATA_POINT_MATCH',
  points: ['EMAIL', 'DATE_OF_BIRTH', 'DOCUMENT_NUMBER'],
  declaration: true,
  verifiedAt: new Date('2026-11-23T18:20:00Z'),
  ...over,
});

const outcome = (over: Partial<VerifiedAct>): string => {
  try {
    assertVerified({
      basis: 'CONSUMER_REQUEST',
      type: 'DELETE',
      elements: ['FULL_NAME'],
      verification: proof(),
      ...over,
    });
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return 'allowed';
};

describe('identity before acting', () => {
  it.each<InstructionType>(['DELETE', 'EXPORT', 'RETURN', 'CORRECT'])(
    'R-29: %s for a consumer request is refused without a recorded verification',
    (type) => {
      expect(outcome({ type, verification: null })).toBe('NOT_VERIFIED');
      expect(outcome({ type, verification: proof({ level: 'NONE' }) })).toBe('NOT_VERIFIED');
    },
  );

  it.each<Basis>(['END_OF_PURPOSE', 'AGREEMENT_END'])('R-29: %s needs authority, not identity', (basis) => {
    expect(outcome({ basis, elements: ['SSN'], verification: null })).toBe('allowed');
  });

  it('R-29: DROP is not an exemption', () => {
    expect(outcome({ basis: 'DROP', verification: null })).toBe('NOT_VERIFIED');
  });

  it.each<InstructionType>(['LIMIT', 'OPT_OUT'])('%s asks for no identity (Reg. 7060(b))', (type) => {
    expect(outcome({ type, elements: ['SSN'], verification: null })).toBe('allowed');
  });
});

describe('how sure one must be', () => {
  it.each<[ElementCode, string]>([
    ['ACCESS_HISTORY', 'REASONABLE'],
    ['FULL_NAME', 'REASONABLE'],
    ['FACE_TEMPLATE', 'REASONABLY_HIGH'],
    ['VACCINATION_CERTIFICATE', 'REASONABLY_HIGH'],
    ['SSN', 'REASONABLY_HIGH'],
    ['DOCUMENT_NUMBER', 'REASONABLY_HIGH'],
    ['MRZ', 'REASONABLY_HIGH'],
    ['SELFIE', 'REASONABLY_HIGH'],
  ])('R-30: deleting %s needs %s', (element, level) => {
    expect(requiredLevel('DELETE', [element])).toBe(level);
  });

  it('R-30: the most sensitive element in scope decides, and an empty inventory still needs REASONABLE', () => {
    expect(requiredLevel('DELETE', ['ACCESS_HISTORY', 'FACE_TEMPLATE'])).toBe('REASONABLY_HIGH');
    expect(requiredLevel('DELETE', [])).toBe('REASONABLE');
  });

  it('R-30: a level below the needed one is refused', () => {
    const verification = proof({ level: 'REASONABLE' });
    expect(outcome({ elements: ['ACCESS_HISTORY'], verification })).toBe('allowed');
    expect(outcome({ elements: ['ACCESS_HISTORY', 'SSN'], verification })).toBe('VERIFICATION_LEVEL_TOO_LOW');
  });

  it('R-30: matched points prove no more than their number', () => {
    const two = proof({ points: ['EMAIL', 'PHONE'] });
    const one = proof({ points: ['EMAIL', 'EMAIL'] });
    expect(outcome({ elements: ['SSN'], verification: two })).toBe('VERIFICATION_LEVEL_TOO_LOW');
    expect(outcome({ elements: ['FULL_NAME'], verification: two })).toBe('allowed');
    expect(outcome({ elements: ['FULL_NAME'], verification: one })).toBe('VERIFICATION_LEVEL_TOO_LOW');
    const account = proof({ method: 'ACCOUNT_REAUTH', points: ['ACCOUNT'] });
    expect(outcome({ elements: ['SSN'], verification: account })).toBe('allowed');
  });

  it('R-30: specific pieces need REASONABLY_HIGH and a declaration, categories neither', () => {
    const unsworn = proof({ declaration: false });
    const weak = proof({ level: 'REASONABLE', points: ['EMAIL', 'PHONE'], declaration: false });
    expect(outcome({ type: 'EXPORT' })).toBe('allowed');
    expect(outcome({ type: 'EXPORT', verification: unsworn })).toBe('DECLARATION_MISSING');
    expect(outcome({ type: 'EXPORT', verification: weak })).toBe('VERIFICATION_LEVEL_TOO_LOW');
    expect(outcome({ type: 'EXPORT', content: 'CATEGORIES', verification: weak })).toBe('allowed');
  });
});
