import { isDomainError } from '@personr/kernel';
import { assertIfMatch, etagOf } from './etag.js';

const codeOf = (ifMatch: string | undefined): string | undefined => {
  try {
    assertIfMatch(ifMatch, 7);
    return undefined;
  } catch (error) {
    return isDomainError(error) ? error.code : 'another error';
  }
};

describe('an edit', () => {
  it.each([[etagOf(7)], ['*'], [`${etagOf(6)}, ${etagOf(7)}`]])(
    'goes through with If-Match %s',
    (ifMatch) => {
      expect(codeOf(ifMatch)).toBeUndefined();
    },
  );

  it.each([[etagOf(6)], ['7'], [`W/${etagOf(7)}`], ['']])('is refused with If-Match %s', (ifMatch) => {
    expect(codeOf(ifMatch)).toBe('PRECONDITION_FAILED');
  });

  it('is refused without If-Match', () => {
    expect(codeOf(undefined)).toBe('PRECONDITION_REQUIRED');
  });
});
