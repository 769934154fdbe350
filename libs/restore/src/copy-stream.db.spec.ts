import { buffer } from 'node:stream/consumers';
import { setImmediate as later } from 'node:timers/promises';
import { createTestDatabases, type TestDatabases } from '@personr/testkit';
import pg from 'pg';
import { copyIn, copyOut } from './copy-stream.js';

describe('tables copied over one connection', () => {
  let databases: TestDatabases;
  let client: pg.Client;

  beforeAll(async () => {
    databases = await createTestDatabases();
    client = new pg.Client({ connectionString: databases.ownerUrl });
    await client.connect();
    await client.query('create temporary table copied (number int, text text)');
  });

  afterAll(async () => {
    await client.end();
    await databases.drop();
  });

  const rowsOf = (count: number): string =>
    `copy (select n, repeat('x', 20) from generate_series(1, ${count}) n) to stdout`;

  /** A reader that is slower than the server. */
  async function* slowly(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of bytes) {
      for (let turn = 0; turn < 20; turn += 1) await later();
      yield chunk;
    }
  }

  it.each([0, 1, 63, 64, 65, 100, 1000, 20_000])(
    'are whole, one after the other, when one has %d rows and its reader is slow',
    async (count) => {
      for (let round = 0; round < 3; round += 1) {
        const { bytes, rows } = copyOut(client, rowsOf(count));
        const text = (await buffer(slowly(bytes))).toString();
        expect(await rows).toBe(count);
        expect(text.split('\n').length - 1).toBe(count);
      }
      const { bytes } = copyOut(client, rowsOf(2));
      expect((await buffer(bytes)).toString()).toBe(`1\t${'x'.repeat(20)}\n2\t${'x'.repeat(20)}\n`);
    },
  );

  it.each([100, 5000, 70_000])(
    'are what the server sent, when a row has %d bytes and the reader is slow',
    async (size) => {
      const row = (n: number): string => `${n}\t${String(n % 10).repeat(size)}`;
      const { bytes, rows } = copyOut(
        client,
        `copy (select n, repeat((n % 10)::text, ${size}) from generate_series(1, 400) n) to stdout`,
      );
      const lines = (await buffer(slowly(bytes))).toString().split('\n');
      expect(await rows).toBe(400);
      const wrong = lines.flatMap((line, at) => (line === (at === 400 ? '' : row(at + 1)) ? [] : [at]));
      expect(wrong).toEqual([]);
    },
  );

  it('go in as they came out, and what fails in between leaves the connection good', async () => {
    const { bytes } = copyOut(client, rowsOf(500));
    const copied = await buffer(bytes);
    const pieces = async function* (): AsyncIterable<Uint8Array> {
      yield await Promise.resolve(copied);
    };
    expect(await copyIn(client, 'copy copied from stdin', pieces())).toBe(500);
    const broken = async function* (): AsyncIterable<Uint8Array> {
      yield await Promise.resolve(copied);
      throw new Error('the source broke off');
    };
    await expect(copyIn(client, 'copy copied from stdin', broken())).rejects.toThrow('the source broke off');
    await expect(buffer(copyOut(client, 'copy nowhere to stdout').bytes)).rejects.toThrow();
    expect((await client.query('select count(*)::int as n from copied')).rows).toEqual([{ n: 500 }]);
  });
});
