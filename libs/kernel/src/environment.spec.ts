import { isDomainError } from './domain-error.js';
import { Environment } from './environment.js';

const SECRET = 'Marker-1c77';

const refusal = (read: (environment: Environment) => unknown, value: string | undefined): string => {
  try {
    read(new Environment({ NAME: value, LOG_LEVEL: value }));
  } catch (error) {
    if (isDomainError(error, 'CONFIG_INVALID')) return error.message;
    throw error;
  }
  throw new Error('it was taken');
};

describe('what a process is told', () => {
  it('is read as it was written', () => {
    const told = new Environment({ A: 'a b', URL: 's3://bucket?region=x', N: '12', WORD: 'two' });
    expect(told.text('A')).toBe('a b');
    expect(told.url('URL')).toBe('s3://bucket?region=x');
    expect(told.count('N', { otherwise: 1, most: 12 })).toBe(12);
    expect(told.oneOf('WORD', ['one', 'two'], 'one')).toBe('two');
  });

  it('has defaults for what may be left out', () => {
    const told = new Environment({});
    expect(told.count('N', { otherwise: 7, most: 9 })).toBe(7);
    expect(told.oneOf('WORD', ['one', 'two'], 'one')).toBe('one');
    expect(told.logLevel()).toBe('info');
  });

  it.each([
    ['a text that is left out', (told: Environment) => told.text('NAME'), undefined],
    ['an empty text', (told: Environment) => told.text('NAME'), ''],
    ['no URL', (told: Environment) => told.url('NAME'), SECRET],
    ['another word', (told: Environment) => told.oneOf('NAME', ['one'], 'one'), SECRET],
    ...['0', '-1', '1.5', '1e2', '', ' 1', '10', '0x1', SECRET].map(
      (text) =>
        [
          `"${text}" for a number`,
          (told: Environment) => told.count('NAME', { otherwise: 1, most: 9 }),
          text,
        ] as const,
    ),
  ] as const)('is refused by name, and without its value: %s', (_, read, value) => {
    const sentence = refusal(read, value);
    expect(sentence).toMatch(/^NAME must be /);
    expect(sentence).not.toContain(SECRET);
  });

  it('has a level of logging that pino knows', () => {
    expect(new Environment({ LOG_LEVEL: 'silent' }).logLevel()).toBe('silent');
    expect(refusal((told) => told.logLevel(), SECRET)).toMatch(/^LOG_LEVEL must be one of fatal, /);
  });
});
