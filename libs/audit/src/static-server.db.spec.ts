import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import {
  decodeBundle,
  entryBundlePath,
  hashLeaf,
  openCheckpoint,
  parseVkey,
  tilePath,
  treeRoot,
} from '@personr/proof';
import { LogBench, type TestLog } from './log-bench.spec-helper.js';

/** A web server that knows nothing but files. */
const serve = (directory: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      readFile(join(directory, normalize(new URL(request.url ?? '/', 'http://host').pathname))).then(
        (bytes) => response.end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });

describe('an evidence store behind any web server', () => {
  let bench: LogBench;
  let server: Server;
  let log: TestLog;

  beforeAll(async () => {
    bench = await LogBench.open();
    server = await serve(bench.directory);
    log = await bench.log();
    await bench.append(log, 513);
    await bench.drain(log);
  });
  afterAll(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await bench.close();
  });

  const read = async (path: string): Promise<Buffer> => {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/${log.origin}/${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    return Buffer.from(await response.arrayBuffer());
  };

  it('is read by its C2SP paths alone: checkpoint, tiles and entries make one tree', async () => {
    const note = (await read('checkpoint')).toString();
    const { size, root } = openCheckpoint(note, [parseVkey(bench.witness.vkey(log.origin))]);
    expect(size).toBe(513);
    const tiles = await treeRoot(size, (level, index, width) => read(tilePath(level, index, width)));
    expect(Buffer.from(tiles).equals(root)).toBe(true);
    for (const [index, width] of [
      [0, 256],
      [1, 256],
      [2, 1],
    ] as const) {
      const leaves = decodeBundle(await read(entryBundlePath(index, width))).map(hashLeaf);
      expect(Buffer.concat(leaves).equals(await read(tilePath(0, index, width)))).toBe(true);
    }
  });

  it('lists the keys that sign, which a verifier pins from elsewhere', async () => {
    const { origin, keys } = JSON.parse((await read('keys.json')).toString()) as {
      origin: string;
      keys: { vkey: string }[];
    };
    expect([origin, keys.map(({ vkey }) => vkey)]).toEqual([log.origin, [bench.witness.vkey(log.origin)]]);
  });
});
