import fc from 'fast-check';
import { inChunks } from './in-chunks.js';

async function* pieces(parts: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

describe('a stream in chunks', () => {
  it('is the same bytes, in chunks of one size, of which the last alone says so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 50 }),
        async (parts, chunkBytes, expectedBytes) => {
          const chunks: Buffer[] = [];
          const lasts: boolean[] = [];
          for await (const { bytes, isLast } of inChunks(pieces(parts), { chunkBytes, expectedBytes })) {
            chunks.push(Buffer.from(bytes));
            lasts.push(isLast);
          }
          const whole = Buffer.concat(parts);
          expect(Buffer.concat(chunks).equals(whole)).toBe(true);
          expect(chunks).toHaveLength(Math.max(1, Math.ceil(whole.length / chunkBytes)));
          expect(chunks.slice(0, -1).every((chunk) => chunk.length === chunkBytes)).toBe(true);
          expect(lasts).toEqual(chunks.map((_, at) => at === chunks.length - 1));
        },
      ),
    );
  });

  it('leaves a chunk as it is while the next is gathered', async () => {
    const whole = Buffer.from('abcdefg');
    let before: Uint8Array = Buffer.from('');
    let at = 0;
    for await (const { bytes } of inChunks(pieces([whole]), { chunkBytes: 2 })) {
      expect(Buffer.from(before).equals(whole.subarray(Math.max(at - 2, 0), at))).toBe(true);
      before = bytes;
      at += 2;
    }
    expect(Buffer.from(before).every((byte) => byte === 0)).toBe(true);
  });

  it('leaves none of it in its buffers, also when nobody wants the rest', async () => {
    const seen: Uint8Array[] = [];
    for await (const { bytes } of inChunks(pieces([Buffer.from('secret'), Buffer.from('secrets')]), {
      chunkBytes: 6,
    })) {
      seen.push(bytes);
      if (seen.length === 2) break;
    }
    const zeros = '000000000000';
    expect(seen.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual([zeros, zeros]);
  });

  it('passes an error of the stream on', async () => {
    const broken = new Error('broken');
    // eslint-disable-next-line @typescript-eslint/require-await -- an async source
    async function* failing(): AsyncIterable<Uint8Array> {
      yield Buffer.from('some');
      throw broken;
    }
    const read = async () => {
      for await (const chunk of inChunks(failing(), { chunkBytes: 2 })) expect(chunk.isLast).toBe(false);
    };
    await expect(read()).rejects.toBe(broken);
  });
});
