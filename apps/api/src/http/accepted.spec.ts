import { preferredOf } from './accepted.js';

const TYPES = ['application/json', 'text/plain', 'text/html'] as const;

describe('the type that is answered', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['', 'application/json'],
    ['text/plain', 'text/plain'],
    ['text/plain; charset=utf-8', 'text/plain'],
    ['TEXT/HTML', 'text/html'],
    ['text/*', 'text/plain'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['application/json;q=0.5, text/plain;q=0.7', 'text/plain'],
    ['text/plain;q=0.1, */*;q=0.2', 'application/json'],
    ['image/png', 'application/json'],
    ['text/html;q=none, text/plain;q=0.001', 'text/plain'],
  ])('for Accept: %s is %s', (accept, type) => {
    expect(preferredOf(accept, TYPES)).toBe(type);
  });
});
