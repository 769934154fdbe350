import { assert, property, jsonValue } from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.js';

const fromBits = (hex: string): number => Buffer.from(hex, 'hex').readDoubleBE(0);

describe('canonical JSON', () => {
  // RFC 8785, appendix B: IEEE 754 bits and their one spelling.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the number %s as %s', (bits, text) => {
    expect(canonicalJson(fromBits(bits))).toBe(text);
  });

  it.each([['7fffffffffffffff'], ['7ff0000000000000'], ['fff0000000000000']])(
    'refuses %s, which is not a finite number',
    (bits) => {
      expect(() => canonicalJson([fromBits(bits)])).toThrow(
        expect.objectContaining({ code: 'JSON_NOT_CANONICAL' }) as Error,
      );
    },
  );

  it('writes the sample of RFC 8785, section 3.2.2, byte for byte', () => {
    const sample: Json = {
      numbers: [fromBits('41b3de4355555555'), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonicalJson(sample)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts members by UTF-16 code units, as in RFC 8785, section 3.2.3', () => {
    const sample: Json = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonicalJson(sample)) as Record<string, string>)).toHaveLength(7);
    expect(canonicalJson(sample).match(/:"([^"]+)"/g)).toEqual([
      ':"Carriage Return"',
      ':"One"',
      ':"Control"',
      ':"Latin Small Letter O With Diaeresis"',
      ':"Euro Sign"',
      ':"Emoji: Grinning Face"',
      ':"Hebrew Letter Dalet With Dagesh"',
    ]);
  });

  it.each([
    ['{"2":0,"10":1,"a":{"1":2,"0":3}}', '{"10":1,"2":0,"a":{"0":3,"1":2}}'],
    ['{"b":[{"c":1,"9":2}],"__proto__":{"d":3,"a":4}}', '{"__proto__":{"a":4,"d":3},"b":[{"9":2,"c":1}]}'],
    ['{"":1,"toJSON":"x","constructor":2}', '{"":1,"constructor":2,"toJSON":"x"}'],
  ])('sorts names that the engine would treat otherwise: %s', (text, spelling) => {
    expect(canonicalJson(JSON.parse(text) as Json)).toBe(spelling);
  });

  it('sorts however many members there are', () => {
    for (const count of [0, 1, 2, 15, 16, 17, 200]) {
      const names = Array.from({ length: count }, (_, at) => `m${String((at * 7919) % 1009)}`);
      const spelling = canonicalJson(Object.fromEntries(names.map((name) => [name, 1])));
      expect(spelling).toBe(
        `{${[...names]
          .sort()
          .map((name) => `"${name}":1`)
          .join(',')}}`,
      );
    }
  });

  it.each<[string, Json]>([
    ['high surrogate', '\ud800'],
    ['low surrogate', 'a\udc00b'],
    ['surrogates the wrong way round', '\udc00\ud800'],
    ['surrogate in a name', { '\ud800': 1 }],
    ['surrogate deep inside', [{ deep: ['\udfff'] }]],
  ])('refuses a lone %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(
      expect.objectContaining({ code: 'JSON_NOT_CANONICAL' }) as Error,
    );
  });

  it('leaves members out that are undefined', () => {
    expect(canonicalJson({ b: undefined, a: [{ c: undefined }] })).toBe('{"a":[{}]}');
  });

  it('has one spelling for one value, whatever the order of its members, and loses nothing', () => {
    const reversed = (value: unknown): Json => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value as Json;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([name, member]) => [name, reversed(member)]),
      );
    };
    assert(
      property(jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
