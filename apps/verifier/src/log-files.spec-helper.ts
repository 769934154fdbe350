import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import {
  encodeBundle,
  entryBundlePath,
  formatCheckpoint,
  growTree,
  hashLeaf,
  type NoteSigner,
  signNote,
  TILE_WIDTH,
  tilePath,
} from '@personr/proof';
import { MemoryLog } from '@personr/proof/testing';

const CHUNK = TILE_WIDTH * 64;

/** A log on disk as a log lays itself out, made with the code that makes the product's. */
export class LogFiles {
  readonly log = new MemoryLog();
  private readonly entries: Uint8Array[] = [];

  constructor(
    readonly directory: string,
    readonly signer: NoteSigner,
  ) {}

  /** Appends entries, publishes what they change and signs the new head. Returns the checkpoint. */
  async append(entries: readonly Uint8Array[]): Promise<string> {
    const edge = Math.floor(this.log.size / TILE_WIDTH);
    for (let at = 0; at < entries.length; at += CHUNK) {
      const part = entries.slice(at, at + CHUNK);
      this.entries.push(...part);
      for (const { level, index, width, hashes } of await this.log.append(part.map(hashLeaf))) {
        this.write(tilePath(level, index, width), hashes);
      }
    }
    for (let index = edge; index * TILE_WIDTH < this.entries.length; index++) {
      const bundle = this.entries.slice(index * TILE_WIDTH, (index + 1) * TILE_WIDTH);
      this.write(entryBundlePath(index, bundle.length), encodeBundle(bundle));
    }
    return this.sign();
  }

  /** Signs a head; another than the log's own, if it is given. */
  sign(head = { origin: this.signer.name, size: this.log.size, root: this.log.root }): string {
    const checkpoint = signNote(formatCheckpoint(head), [this.signer]);
    this.write('checkpoint', checkpoint);
    return checkpoint;
  }

  write(path: string, bytes: Uint8Array | string): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }

  read(path: string): Buffer {
    return readFileSync(join(this.directory, path));
  }
}

/** So many entries, none like another. */
export const someEntries = (count: number, from = 0): Uint8Array[] =>
  Array.from({ length: count }, (_, at) => Buffer.from(`{"entry":${from + at}}`));

/** The tree of these entries alone. */
export const treeOf = (entries: readonly Uint8Array[]) =>
  growTree(0, entries.map(hashLeaf), () => Promise.reject(new Error('there is no tile')));

/** Serves a directory as a static web server does. `refuse` may answer with a status instead. */
export async function serveDirectory(
  directory: string,
  refuse: (request: IncomingMessage) => number | null = () => null,
): Promise<{ url: string; asked: string[]; close(): void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const status = refuse(request);
    if (status !== null) return response.writeHead(status).end();
    try {
      return response.end(readFileSync(join(directory, request.url ?? '')));
    } catch {
      return response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
