import fc from 'fast-check';
import { likest } from './likeness.js';

const LETTERS = fc.string({ unit: fc.constantFrom('A', 'B', 'C', '1', '2'), minLength: 1, maxLength: 12 });

describe('likeness', () => {
  it('finds what is there to the character, where it is', () => {
    fc.assert(
      fc.property(LETTERS, LETTERS, LETTERS, (before, pattern, after) => {
        const found = likest(before + pattern + after, pattern, 0);
        expect(found).toBeDefined();
        expect((before + pattern + after).slice(found!.from, found!.to)).toBe(pattern);
      }),
    );
  });

  it.each([
    ['changed', 'xxAB?Dxx', { from: 2, to: 6, errors: 1 }],
    ['missing', 'xxABDxx', { from: 2, to: 5, errors: 1 }],
    ['too many', 'xxAB_CDxx', { from: 2, to: 7, errors: 1 }],
  ])('finds what has a character %s', (_, text, found) => {
    expect(likest(text, 'ABCD', 1)).toEqual(found);
    expect(likest(text, 'ABCD', 0)).toBeUndefined();
  });
});
