import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { lengthPrefixed } from './aead.js';
import { CHUNK_OVERHEAD_BYTES, type ChunkPlace, openChunk, PREFIX_BYTES, sealChunk } from './chunk-seal.js';

const KEY = randomBytes(32);
const PLACE: ChunkPlace = {
  prefix: randomBytes(PREFIX_BYTES),
  context: lengthPrefixed(['tenant', 'subject', 'document']),
  index: 3,
  isLast: false,
};

const seal = (plaintext: Uint8Array, place: Partial<ChunkPlace> = {}, key = KEY): Buffer =>
  Buffer.from(
    sealChunk(
      key,
      { ...PLACE, ...place },
      { plaintext, target: new Uint8Array(plaintext.length + CHUNK_OVERHEAD_BYTES) },
    ),
  );
const open = (sealed: Uint8Array, place: Partial<ChunkPlace> = {}, key = KEY): Buffer =>
  openChunk(key, { ...PLACE, ...place }, sealed);

describe('a chunk of a document', () => {
  it.each([0, 1, 15, 16, 65_535, 65_536, 65_537, 1_048_576])(
    'opens to what was sealed, and is 16 bytes longer: %i bytes',
    (size) => {
      const plaintext = randomBytes(size);
      const sealed = seal(plaintext);
      expect(sealed.length).toBe(size + 16);
      expect(open(sealed).equals(plaintext)).toBe(true);
      if (size > 32) expect(sealed.includes(plaintext.subarray(0, 32))).toBe(false);
    },
  );

  it('opens at no other place, in no other stream, under no other key', () => {
    const sealed = seal(Buffer.from('text'));
    const others: Partial<ChunkPlace>[] = [
      { index: 2 },
      { index: 4 },
      { isLast: true },
      { prefix: randomBytes(PREFIX_BYTES) },
      { context: lengthPrefixed(['tenant', 'subject', 'other']) },
      { context: lengthPrefixed(['tenant', 'subjectdocument']) },
    ];
    const broken = expect.objectContaining({ code: 'SEAL_BROKEN' }) as Error;
    for (const other of others) expect(() => open(sealed, other)).toThrow(broken);
    expect(() => open(sealed, {}, randomBytes(32))).toThrow(broken);
    expect(open(sealed).toString()).toBe('text');
  });

  it('opens with no bit flipped, none missing and none added', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(),
        fc.constantFrom('flip', 'cut', 'add'),
        (bytes, at, how) => {
          const sealed = seal(bytes);
          const changed = {
            flip: () => {
              const copy = Buffer.from(sealed);
              copy.writeUInt8(copy.readUInt8(at % copy.length) ^ (1 << (at % 8)), at % copy.length);
              return copy;
            },
            cut: () => sealed.subarray(0, at % sealed.length),
            add: () => Buffer.concat([sealed, Buffer.alloc(1 + (at % 40))]),
          }[how]();
          expect(() => open(changed)).toThrow(expect.objectContaining({ code: 'SEAL_BROKEN' }) as Error);
        },
      ),
    );
  });

  it('has a nonce of its own: no two places of a stream seal alike', () => {
    const places: Partial<ChunkPlace>[] = [
      { index: 0 },
      { index: 1 },
      { index: 1, isLast: true },
      { index: 2 ** 32 - 1 },
      { index: 2 ** 24 },
    ];
    const sealed = places.map((place) => seal(Buffer.alloc(64), place).toString('hex'));
    expect(new Set(sealed).size).toBe(places.length);
  });
});
