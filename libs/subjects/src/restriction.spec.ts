import { type ElementCode, type ExceptionGround } from '@personr/law';
import { type HoldId } from './hold.js';
import { readableFor, type Restricting } from './restriction.js';

const PURPOSE = 'IDENTITY_VERIFICATION';
const hold = (
  ground: ExceptionGround,
  restricts: readonly ElementCode[],
  endedAt: Date | null = null,
): Restricting => ({ id: `hold-${ground}` as HoldId, ground, restricts, endedAt });
const restricted = expect.objectContaining({ code: 'RESTRICTED_BY_HOLD' }) as unknown;
const notPermitted = expect.objectContaining({ code: 'PURPOSE_NOT_PERMITTED' }) as unknown;
const refusal = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('R-78: what may be read', () => {
  const legal = hold('EX_LEGAL', ['FULL_NAME', 'SELFIE']);
  const court = hold('EX_COURT', []);

  it('is everything where no erasure left anything standing, and nothing on a ground', () => {
    expect(readableFor(PURPOSE, undefined, [])).toEqual({ holds: [] });
    expect(readableFor(PURPOSE, ['FULL_NAME'], [])).toEqual({ elements: ['FULL_NAME'], holds: [] });
    expect(refusal(() => readableFor('EX_LEGAL', undefined, []))).toEqual(notPermitted);
  });

  it('for a purpose is the rest, never what is named of what was kept', () => {
    expect(readableFor(PURPOSE, undefined, [legal])).toEqual({ except: ['FULL_NAME', 'SELFIE'], holds: [] });
    expect(readableFor(PURPOSE, ['OCCUPATION'], [legal])).toEqual({ elements: ['OCCUPATION'], holds: [] });
    expect(refusal(() => readableFor(PURPOSE, ['OCCUPATION', 'SELFIE'], [legal]))).toEqual(restricted);
    expect(refusal(() => readableFor('LEGAL_OBLIGATION', ['SELFIE'], [legal]))).toEqual(restricted);
    for (const elements of [undefined, ['OCCUPATION' as const]])
      expect(refusal(() => readableFor(PURPOSE, elements, [legal, court]))).toEqual(restricted);
  });

  it('on a ground is what its active holds keep, and no more', () => {
    const holds = ['hold-EX_LEGAL'];
    expect(readableFor('EX_LEGAL', undefined, [legal])).toEqual({ elements: ['FULL_NAME', 'SELFIE'], holds });
    expect(readableFor('EX_LEGAL', ['SELFIE'], [legal, court])).toEqual({ elements: ['SELFIE'], holds });
    expect(refusal(() => readableFor('EX_LEGAL', ['OCCUPATION'], [legal, court]))).toEqual(restricted);
    expect(readableFor('EX_COURT', undefined, [legal, court])).toEqual({ holds: ['hold-EX_COURT'] });
    expect(refusal(() => readableFor('EX_CLAIMS', undefined, [legal]))).toEqual(notPermitted);
  });

  it('once a hold has ended is nothing of it, on its ground or for a purpose', () => {
    const ended = hold('EX_LEGAL', ['FULL_NAME'], new Date(0));
    expect(refusal(() => readableFor('EX_LEGAL', undefined, [ended]))).toEqual(notPermitted);
    expect(refusal(() => readableFor(PURPOSE, ['FULL_NAME'], [ended]))).toEqual(restricted);
  });
});
