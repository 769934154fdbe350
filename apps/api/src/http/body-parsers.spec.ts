import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { parseJson } from './body-parsers.js';

const parse = (text: string): unknown => parseJson(Buffer.from(text));
const REFUSED = Symbol('refused');
const outcome = (read: (text: string) => unknown, text: string): unknown => {
  try {
    return read(text);
  } catch {
    return REFUSED;
  }
};
const nested = (levels: number, [open, close]: readonly [string, string]): string =>
  open.repeat(levels) + '1' + close.repeat(levels);

describe('a body in JSON', () => {
  it.each(['null', '1', '"text"', '[]', '{"a":[{"b":null}],"c":"\\u0000"}'])('is read: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each<readonly [string, string]>([
    ['[', ']'],
    ['{"a":', '}'],
  ])('is read with 32 levels inside the outermost %s, and refused with one more', (...pair) => {
    expect(() => parse(nested(33, pair))).not.toThrow();
    expect(() => parse(nested(34, pair))).toThrow(
      expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error,
    );
  });

  it('is refused at once when it is nested a hundred thousand levels deep', () => {
    expect(() => parse(nested(100_000, ['[', ']']))).toThrow();
    expect(() => parse(`[${nested(5000, ['[', ']'])},1]`)).toThrow(
      expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error,
    );
  });

  it('may be as wide as it likes', () => {
    expect(parse(JSON.stringify(Array.from({ length: 50_000 }, () => ({ a: 1 }))))).toHaveLength(50_000);
  });

  it.each([
    '{"__proto__":{"admin":true}}',
    '{"a":[{"b":{"__proto__":1}}]}',
    '{"\\u005f_proto__":1}',
    '{"constructor":{"prototype":{"admin":true}}}',
  ])('is refused with a name that reaches a prototype: %s', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error);
  });

  it.each([
    ['side by side', '{"a":1,"a":1}'],
    ['with others between', '{"a":1,"b":[":",{}],"a":{"a":1}}'],
    ['deep inside', '[{"x":{"a":1,"a":2}}]'],
    ['in two spellings', '{"a":1,"\\u0061":2}'],
    ['that are empty', '{"":1,"":2}'],
    ['that look like indexes', '{"0":1,"1":2,"0":3}'],
  ])('with two members of one name is refused: %s (RFC 7493, section 2.3)', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error);
  });

  it.each([
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
    '{"a:b":":","c\\\\":"\\"{[:","d":[]}',
    '{"\\"":1,"\\\\":2,"\\\\\\"":3}',
  ])('with names that only look alike is read: %s', (text) => {
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each(['1e999', '-1e999', '9007199254740992', '9007199254740993.0', '-9007199254740993', '0.1e-400'])(
    'with a number that no double holds is refused: %s (RFC 7493, section 2.2)',
    (number) => {
      for (const text of [number, `[0,{"a":${number} }]`]) {
        expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error);
      }
    },
  );

  it.each(['0', '-0', '0.0e7', '9007199254740991', '-9007199254740991', '1e21', '1.5e308', '5e-324', '0.1'])(
    'with a number that a double holds is read: %s',
    (number) => {
      expect(parse(`{"1e999":["9007199254740993",${number}]}`)).toEqual({
        '1e999': ['9007199254740993', JSON.parse(number)],
      });
    },
  );

  it('is read as JSON.parse reads it, when its integers are safe and its names harmless', () => {
    const json = fc.json({ maxDepth: 5 }).filter((text) => !/\d{16}|__proto__|constructor/.test(text));
    fc.assert(fc.property(json, (text) => isDeepStrictEqual(parse(text), JSON.parse(text))));
  });

  it('is never read when JSON.parse would not', () => {
    const cut = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '{', ':', '\\', ','))
      .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put);
    fc.assert(
      fc.property(cut, (text) => outcome(JSON.parse, text) !== REFUSED || outcome(parse, text) === REFUSED),
    );
  });

  it.each([
    ['cut off', '{"a":'],
    ['with more behind it', '{} {}'],
    ['in single quotes', "{'a':1}"],
    ['that is empty', ''],
    ['with NaN', '[NaN]'],
    ['with a comma too many', '[1,]'],
  ])('%s is refused', (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error);
  });

  it.each([
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x31]],
    ['a byte that begins nothing', [0x22, 0xff, 0x22]],
    ['an overlong spelling', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('that is not plain UTF-8 is refused: %s', (_, bytes) => {
    expect(() => parseJson(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error,
    );
  });
});
