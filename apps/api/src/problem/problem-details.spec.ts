import { codesWithoutDetail } from './problem-details.js';

describe('what a problem code means', () => {
  it('is said of every code, for the contract', () => {
    expect(codesWithoutDetail()).toEqual([]);
  });
});
