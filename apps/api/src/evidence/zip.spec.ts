import { setImmediate as turn } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { type ZippedFile, zipOf } from './zip.js';

const AT = new Date('2026-11-24T18:00:00.000Z');
const CHUNK = Buffer.alloc(65_536, 7);

describe('a zip that is made while it is read', () => {
  it('is no faster than its reader, and stops when that one goes', async () => {
    const made = { chunks: 0, ended: false };
    async function* endless(): AsyncGenerator<Buffer> {
      try {
        for (;;) {
          made.chunks += 1;
          await turn();
          yield CHUNK;
        }
      } finally {
        made.ended = true;
      }
    }
    async function* files(): AsyncGenerator<ZippedFile> {
      await turn();
      yield { path: 'endless', content: endless(), isDense: true };
    }
    const zip = zipOf(files(), AT);
    for (let turns = 0; turns < 500; turns += 1) await turn();
    expect(made.chunks).toBeLessThan(20);
    zip.destroy();
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(made.ended).toBe(true);
  });

  it('breaks off, and is no zip, when a file cannot be made', async () => {
    async function* files(): AsyncGenerator<ZippedFile> {
      yield { path: 'one', content: ['whole'] };
      await turn();
      throw new Error('the database is away');
    }
    await expect(buffer(zipOf(files(), AT))).rejects.toThrow('the database is away');
    async function* broken(): AsyncGenerator<string> {
      yield 'half';
      await turn();
      throw new Error('the disk is away');
    }
    async function* half(): AsyncGenerator<ZippedFile> {
      await turn();
      yield { path: 'one', content: broken() };
    }
    await expect(buffer(zipOf(half(), AT))).rejects.toThrow('the disk is away');
  });
});
