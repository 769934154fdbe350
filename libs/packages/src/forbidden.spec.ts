import { DomainError } from '@personr/kernel';
import { ForbiddenValues } from './forbidden.js';

const gate = new ForbiddenValues([
  '123-45-6789',
  { number: 'Y1234567', issued: true },
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10',
  [0.25, 0.5, 0.75],
]);

async function* piecewise(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const verdict = async (text: string, size = 4): Promise<string> => {
  try {
    for await (const piece of gate.keptOut(piecewise(text, size))) expect(piece.length).toBeGreaterThan(0);
    return 'passed';
  } catch (error) {
    return error instanceof DomainError ? error.code : 'another error';
  }
};

describe('the gate before a package', () => {
  it.each([
    ['as it is', 'number 123-45-6789.'],
    ['without separators', 'number 123456789.'],
    ['with other separators', 'number 123 45 6789.'],
    ['in other case', 'licence y1234567'],
    [
      'escaped for HTML',
      '<td>P&lt;UTOERIKSSON&lt;&lt;ANNA&lt;MARIA&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;&lt;\nL898902C36UTO7408122F1204159ZE184226B&lt;&lt;&lt;&lt;&lt;10',
    ],
    [
      'escaped for JSON',
      JSON.stringify(
        'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10',
      ),
    ],
    ['a template of numbers', '{"vector":[0.25,0.5,0.75]}'],
  ])('R-44: stops a forbidden value %s', async (_, text) => {
    expect(await verdict(`before ${text} after`)).toBe('FORBIDDEN_VALUE_IN_EXPORT');
  });

  it('R-44: also where it is cut in two, or in one, or comes byte by byte', async () => {
    for (const size of [1, 2, 7, 10, 500])
      expect(await verdict(`${'x'.repeat(40)}123-45-6789`, size)).toBe('FORBIDDEN_VALUE_IN_EXPORT');
  });

  it('lets other values pass as they are', async () => {
    expect(await verdict('123-45-678, Y123456, 0.25 and 2026-11-23')).toBe('passed');
    expect(new ForbiddenValues([]).isIn('123-45-6789')).toBe(false);
  });

  it('never looks for what is too short to say anything', () => {
    expect(new ForbiddenValues(['2026', 17, true, null]).isIn('2026 17 true null')).toBe(false);
  });
});
