import fc from 'fast-check';
import { decodeBundle, encodeBundle, entryBundlePath, parseTilePath, tilePath, trimTile } from './tile.js';

const invalid = expect.objectContaining({ code: 'PROOF_INVALID' }) as Error;

describe('the path of a tile', () => {
  it.each([
    [tilePath(0, 1234067, 256), 'tile/0/x001/x234/067'],
    [tilePath(0, 0, 256), 'tile/0/000'],
    [tilePath(2, 0, 1), 'tile/2/000.p/1'],
    [tilePath(0, 273, 112), 'tile/0/273.p/112'],
    [tilePath(63, 999, 255), 'tile/63/999.p/255'],
    [tilePath(1, 1000, 256), 'tile/1/x001/000'],
    [entryBundlePath(1234067, 8), 'tile/entries/x001/x234/067.p/8'],
    [entryBundlePath(0, 256), 'tile/entries/000'],
  ])('%s', (path, expected) => {
    expect(path).toBe(expected);
  });

  it('is read back to the tile it names', () => {
    fc.assert(
      fc.property(fc.nat(63), fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (level, index, width) => {
        expect(parseTilePath(tilePath(level, index, width))).toEqual({ level, index, width });
        expect(parseTilePath(entryBundlePath(index, width))).toEqual({ level: 'entries', index, width });
      }),
    );
  });

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/001/000',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/000.p/256',
    'tile/8/0/000',
    'tile/data/000',
    '/tile/0/000',
    'tile/0/000/',
    'tile/0/../../secret',
    '',
  ])('is refused when it is %p', (path) => {
    expect(() => parseTilePath(path)).toThrow(invalid);
  });

  it('is refused for a tile that cannot be', () => {
    for (const [level, index, width] of [
      [64, 0, 1],
      [-1, 0, 1],
      [0, -1, 1],
      [0, 0, 0],
      [0, 0, 257],
      [0.5, 0, 1],
    ] as const) {
      expect(() => tilePath(level, index, width)).toThrow(invalid);
    }
  });
});

describe('an entry bundle', () => {
  it('has a big-endian uint16 before each entry', () => {
    const bundle = encodeBundle([Uint8Array.of(1, 2, 3), new Uint8Array(0), new Uint8Array(258).fill(9)]);
    expect([...bundle.subarray(0, 9)]).toEqual([0, 3, 1, 2, 3, 0, 0, 1, 2]);
  });

  it('gives back its entries', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 700 }), { minLength: 1, maxLength: 256 });
    fc.assert(
      fc.property(entries, (list) => {
        expect(decodeBundle(encodeBundle(list))).toEqual(list.map((entry) => Uint8Array.from(entry)));
      }),
      { numRuns: 30 },
    );
  });

  it('holds an entry of 65,535 bytes and refuses a longer one', () => {
    expect(decodeBundle(encodeBundle([new Uint8Array(65_535)]))[0]).toHaveLength(65_535);
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(
      expect.objectContaining({ code: 'ENTRY_TOO_LARGE' }) as Error,
    );
  });

  it('is refused when it is cut off at any byte, empty, or has 257 entries', () => {
    const bundle = encodeBundle([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
    for (const length of [0, 1, 2, 3, 4, 6, 7]) {
      expect(() => decodeBundle(bundle.subarray(0, length))).toThrow(invalid);
    }
    expect(() => encodeBundle([])).toThrow(invalid);
    expect(() => encodeBundle(Array.from({ length: 257 }, () => new Uint8Array(1)))).toThrow(invalid);
    expect(() => decodeBundle(new Uint8Array(2 * 257))).toThrow(invalid);
  });

  it('is read where it lies in a larger buffer', () => {
    const bundle = encodeBundle([Uint8Array.of(5)]);
    const larger = Uint8Array.of(255, ...bundle, 255);
    expect(decodeBundle(larger.subarray(1, 1 + bundle.length))).toEqual([Uint8Array.of(5)]);
  });
});

describe('a stored tile', () => {
  it('serves a narrower one and never a wider one', () => {
    expect(trimTile(new Uint8Array(96), 2)).toHaveLength(64);
    expect(() => trimTile(new Uint8Array(96), 4)).toThrow(invalid);
  });
});
