import fc from 'fast-check';
import { LineSplitter } from './line-splitter.js';

const LONGEST = 64;

/** The lines of these chunks as text, null for one that was too long. */
function split(chunks: readonly (string | Buffer)[], longest = LONGEST): [number, string | null][] {
  const splitter = new LineSplitter(longest);
  const lines = chunks.flatMap((chunk) => splitter.take(Buffer.from(chunk as string)));
  return [...lines, ...splitter.end()].map(({ number, bytes }) => [number, bytes?.toString() ?? null]);
}

describe('a stream of lines', () => {
  it('is cut at LF and CRLF, and its last line needs no end', () => {
    const lines = [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ];
    expect(split(['a\nb\r\nc'])).toEqual(lines);
    expect(split(['a\nb\r\nc\n'])).toEqual(lines);
    expect(split(['a\nb\r\nc\r\n'])).toEqual(lines);
    expect(split([''])).toEqual([]);
  });

  it('counts blank lines and leaves them out', () => {
    expect(split(['\n\r\n \t\na\n\n b \n\n'])).toEqual([
      [4, 'a'],
      [6, ' b '],
    ]);
  });

  it('may begin with a byte order mark, which is left out, and has none anywhere else', () => {
    expect(split(['\ufeffa\n\ufeffb'])).toEqual([
      [1, 'a'],
      [2, '\ufeffb'],
    ]);
    expect(split([Buffer.from([0xef]), Buffer.from([0xbb]), Buffer.from([0xbf, 0x61])])).toEqual([[1, 'a']]);
    expect(split(['\ufeff\na'])).toEqual([[2, 'a']]);
  });

  it.each([
    ['of the longest size', LONGEST, 'x'.repeat(LONGEST)],
    ['of one byte more', LONGEST + 1, null],
    ['of very many bytes more', 100_000, null],
  ])('takes a line %s as it should, and the next one in any case', (_, size, expected) => {
    for (const end of ['\n', '\r\n']) {
      const bytes = `${'x'.repeat(size)}${end}next`;
      const lines = [
        [1, expected],
        [2, 'next'],
      ];
      expect(split([bytes])).toEqual(lines);
      expect(split([...bytes])).toEqual(lines);
    }
    expect(split(['x'.repeat(size)])).toEqual([[1, expected]]);
    expect(split([`\ufeff${'x'.repeat(size)}`])).toEqual([[1, expected]]);
  });

  it('gives the same lines however its bytes are cut into chunks', () => {
    const piece = fc.constantFrom(
      '\n',
      '\r\n',
      '\r',
      ' ',
      'a',
      'é',
      '\ufeff',
      'x'.repeat(LONGEST),
      '{"a":1}',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.nat(200), { maxLength: 20 }),
        (text, cuts) => {
          const bytes = Buffer.from(text.join(''));
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
            bytes.length,
          ];
          const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
          expect(split(chunks)).toEqual(split([bytes]));
        },
      ),
    );
  });

  it('holds no more than one line of the longest size of a line without an end', () => {
    const splitter = new LineSplitter(1024);
    for (let sent = 0; sent < 10_000; sent += 1) splitter.take(Buffer.alloc(10_000, 0x78));
    expect((splitter as unknown as { held: Buffer }).held.length).toBeLessThanOrEqual(16 * 1024);
    expect(splitter.take(Buffer.from('\n'))).toEqual([{ number: 1, bytes: null }]);
  });
});
