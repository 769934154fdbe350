import { DomainError, isDomainError } from './domain-error.js';
import { safeError } from './safe-error.js';

const SECRET = 'ada@people.example';

describe('safeError', () => {
  it.each<[string, () => unknown]>([
    ['an error', () => new Error(`no such person: ${SECRET}`)],
    ['an error of several lines', () => new Error(`first line\n    ${SECRET}\nlast line`)],
    ['an error that reads like a stack', () => new Error(`first line\n    at ${SECRET}`)],
    ['a type error', () => new TypeError(SECRET)],
    ['a domain error with a cause', () => new DomainError('INTERNAL', SECRET, { cause: new Error(SECRET) })],
    ['an error with members', () => Object.assign(new Error(SECRET), { detail: SECRET, query: SECRET })],
    ['several errors at once', () => new AggregateError([new Error(SECRET)], SECRET)],
    ['a text', () => SECRET],
    ['an object', () => ({ message: SECRET })],
  ])('shows nothing of the message of %s', (_, make) => {
    expect(JSON.stringify(safeError(make()))).not.toContain(SECRET);
  });

  it('shows kind, code and where it happened', () => {
    const shown = safeError(new DomainError('LEASE_LOST', 'Another worker has taken this work over.'));
    expect(shown).toMatchObject({ name: 'DomainError', code: 'LEASE_LOST' });
    expect(shown.stack[0]).toMatch(/^at .*safe-error\.spec/);
  });

  it('shows a code only when it is text', () => {
    expect(safeError(Object.assign(new Error('x'), { code: { value: SECRET } }))).not.toHaveProperty('code');
  });

  it.each([[undefined], [null], [7], [Symbol('x')]])('takes %p, which is no error', (thrown) => {
    expect(safeError(thrown)).toEqual({ name: typeof thrown, stack: [] });
  });
});

describe('isDomainError', () => {
  it('knows a foreseen failure, and one code from another', () => {
    const error = new DomainError('LEASE_LOST', 'x');
    expect([
      isDomainError(error),
      isDomainError(error, 'LEASE_LOST'),
      isDomainError(error, 'INTERNAL'),
    ]).toEqual([true, true, false]);
    expect(isDomainError(new Error('LEASE_LOST'), 'LEASE_LOST')).toBe(false);
  });
});
