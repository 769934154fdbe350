import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import {
  type Checkpoint,
  formatCheckpoint,
  growTree,
  hashLeaf,
  type NoteSigner,
  signNote,
} from '@personr/proof';
import { publishedLog } from '@personr/proof/testing';

/** A log on disk as a log lays itself out, made with the code that makes the product's. */
export class LogFiles {
  private readonly entries: Uint8Array[] = [];

  constructor(
    readonly directory: string,
    readonly signer: NoteSigner,
  ) {}

  /** Appends entries, publishes what they change and signs the new head. Partial files of before stay. */
  async append(entries: readonly Uint8Array[]): Promise<void> {
    for (const entry of entries) this.entries.push(entry);
    for (const [path, bytes] of await publishedLog(this.entries, this.signer)) this.write(path, bytes);
  }

  /** Signs another head than the log's own. */
  sign(head: Checkpoint): void {
    this.write('checkpoint', signNote(formatCheckpoint(head), [this.signer]));
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
