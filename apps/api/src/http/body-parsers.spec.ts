import { parseJson } from './body-parsers.js';

const parse = (text: string): unknown => parseJson(Buffer.from(text));
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

  it.each(['{"__proto__":{"admin":true}}', '{"a":[{"b":{"__proto__":1}}]}', '{"\\u005f_proto__":1}'])(
    'is refused with a name that reaches a prototype: %s',
    (text) => {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BODY_MALFORMED' }) as Error);
    },
  );

  it.each([
    ['cut off', '{"a":'],
    ['with more behind it', '{} {}'],
    ['in single quotes', "{'a':1}"],
    ['that is empty', ''],
    ['with NaN', '[NaN]'],
    ['with a comma too many', '[1,]'],
  ])('%s is refused', (_, text) => {
    expect(() => parse(text)).toThrow();
  });

  it.each([
    ['a byte that begins nothing', [0x22, 0xff, 0x22]],
    ['an overlong spelling', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('that is not UTF-8 is refused: %s', (_, bytes) => {
    expect(() => parseJson(Uint8Array.from(bytes))).toThrow();
  });
});
