import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { documentedEvents } from './documented-events.js';

const filesLike = (...patterns: string[]): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns])
    .toString()
    .split('\n')
    .filter((file) => file !== '' && !/\.spec(-helper)?\.ts$|testing\.ts$/.test(file));

/** Names of a union: `'noun.past-tense'`. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/'([a-z-]+\.[a-z_-]+(?:\.[a-z_-]+)*)'/g)].map(([, name = '']) => name);

describe('the table of events', () => {
  const declared = filesLike('libs/*/src/*.events.ts', 'apps/*/src/**/*.events.ts').map((file) => ({
    file,
    names: namesIn(readFileSync(file, 'utf8')),
  }));

  it('R-99: has each event that a room declares, once, and no other', () => {
    const names = declared.flatMap((one) => one.names);
    expect(names.length).toBeGreaterThan(30);
    expect(new Set(names).size).toBe(names.length);
    expect([...documentedEvents().keys()].sort()).toEqual(names.sort());
  });

  it('R-99: has every event that is written anywhere', () => {
    const known = new Set(declared.flatMap((one) => one.names));
    const written = filesLike('libs/*/src/*.ts', 'apps/*/src/**/*.ts')
      .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
      // With a state that it leads to it may be a move in an instruction's life, which a transition records.
      .filter((line) => /\bevent: '/.test(line) && !/\bto: /.test(line))
      .flatMap(namesIn);
    expect(written.length).toBeGreaterThan(25);
    expect(written.filter((name) => !known.has(name))).toEqual([]);
  });
});
