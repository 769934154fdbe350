import { lengthPrefixed, newKey, openBytes, sealBytes, usingLater } from './aead.js';

const key = newKey();
const context = ['value', 'tenant', 'key', 'record'];
const plaintext = Buffer.from('Ana Example');
const sealed = sealBytes(key, context, plaintext);
const refused = expect.objectContaining({ code: 'SEAL_BROKEN' }) as Error;

describe('a sealed value', () => {
  it('opens to what was sealed, also when that is nothing', () => {
    expect(openBytes(key, context, sealed)).toEqual(plaintext);
    expect(openBytes(key, context, sealBytes(key, context, new Uint8Array()))).toHaveLength(0);
  });

  it('is refused after a flip of any one bit', () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const damaged = Buffer.from(sealed);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openBytes(key, context, damaged)).toThrow(refused);
    }
  });

  it('is refused when cut to any length, or made longer', () => {
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => openBytes(key, context, sealed.subarray(0, length))).toThrow(refused);
    }
    expect(() => openBytes(key, context, Buffer.concat([sealed, Buffer.alloc(1)]))).toThrow(refused);
  });

  it('is made under no key that was overwritten, and such work is told from work that has ended', async () => {
    expect(() => sealBytes(Buffer.alloc(32), context, plaintext)).toThrow('overwritten');
    const early = newKey();
    await expect(
      usingLater(early, async (secret) => {
        await Promise.resolve();
        return openBytes(secret, context, sealBytes(secret, context, plaintext));
      }),
    ).resolves.toEqual(plaintext);
    expect(early).toEqual(Buffer.alloc(32));
  });

  it('is refused under another key', () => {
    expect(() => openBytes(newKey(), context, sealed)).toThrow(refused);
  });

  it.each([[['value', 'tenant', 'key']], [[...context, '']], [['value', 'tenant', 'keyr', 'ecord']], [[]]])(
    'is refused for the context %j',
    (other) => {
      expect(() => openBytes(key, other, sealed)).toThrow(refused);
    },
  );

  it('differs each time, so that equal values cannot be told', () => {
    expect(sealBytes(key, context, plaintext)).not.toEqual(sealed);
  });
});

describe('length-prefixed parts', () => {
  it('have other bytes when a border moves', () => {
    expect(lengthPrefixed(['ab', 'c'])).toEqual(Buffer.from('\0\0\0\x02ab\0\0\0\x01c'));
    expect(lengthPrefixed(['a', 'bc'])).not.toEqual(lengthPrefixed(['ab', 'c']));
  });

  it.each([127, 128, 255, 256, 65_536, 65_600])('say how long a part of %i characters is', (length) => {
    const part = 'x'.repeat(length);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(length);
    expect(lengthPrefixed([part, 'y'])).toEqual(
      Buffer.concat([bytes, Buffer.from(part), Buffer.from('\0\0\0\x01y')]),
    );
  });

  it('count bytes, not characters', () => {
    expect(lengthPrefixed(['é', '€', '𝔄'])).toEqual(Buffer.from('\0\0\0\x02é\0\0\0\x03€\0\0\0\x04𝔄'));
  });
});

describe('what a value is bound to', () => {
  it('holds however long or foreign a part of it is', () => {
    for (const part of ['x'.repeat(127), 'x'.repeat(128), 'é', '']) {
      const bound = sealBytes(key, ['value', part], plaintext);
      expect(openBytes(key, ['value', part], bound)).toEqual(plaintext);
      expect(() => openBytes(key, ['value', `${part}x`], bound)).toThrow(refused);
      expect(() => openBytes(key, ['value'], bound)).toThrow(refused);
    }
  });
});
