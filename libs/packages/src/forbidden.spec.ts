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

  it.each(['AB--12345--', `HC1:${'$%*+-./: 6BF'.repeat(12)}`, 'a,b-c,[d](e){f}|g^h?12345'])(
    'R-44: stops what is made of signs that mean something in a pattern: %s',
    (value) => {
      const signs = new ForbiddenValues([value]);
      expect([signs.isIn(`x${value}x`), signs.isIn('something else')]).toEqual([true, false]);
    },
  );

  it('is not alarmed by digits of chance in a hash or an id, unless that is the value', () => {
    const hash = 'a1b2c3d4e5f60718'.repeat(4);
    const id = '01a20eb6-f100-7b18-9a3f-a2d493e6e898';
    const short = new ForbiddenValues(['60718', '97b18']);
    for (const text of [hash, id]) {
      expect(short.isIn(text)).toBe(text === hash);
      expect(short.isIn(short.withoutHashes(`"${text}"`))).toBe(false);
      const itself = new ForbiddenValues([text]);
      expect(itself.isIn(itself.withoutHashes(`"${text}"`))).toBe(true);
    }
  });

  it('lets other values pass as they are', async () => {
    expect(await verdict('123-45-678, Y123456, 0.25 and 2026-11-23')).toBe('passed');
    expect(new ForbiddenValues([]).isIn('123-45-6789')).toBe(false);
  });

  it('never looks for what is too short to say anything', () => {
    expect(new ForbiddenValues(['2026', 17, true, null]).isIn('2026 17 true null')).toBe(false);
  });
});
