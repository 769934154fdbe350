import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  ed25519Signer,
  encodeBundle,
  entryBundlePath,
  formatCheckpoint,
  HASH_BYTES,
  signNote,
  TILE_WIDTH,
  tilePath,
  treeRoot,
} from '@personr/proof';

/** A log on disk: how many entries, what its key is, and how many bytes its entries are. */
export type LogOnDisk = {
  readonly directory: string;
  readonly size: number;
  readonly vkey: string;
  readonly bytes: number;
};

const digest = (...parts: readonly Uint8Array[]): Buffer =>
  Buffer.from(hash('sha256', Buffer.concat(parts), 'latin1' as 'hex'), 'latin1');

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** An entry of the length and shape of those that close an instruction; no two are alike. */
const entryOf = (at: number): Buffer =>
  Buffer.from(
    `{"actor":{"kind":"SYSTEM"},"at":"2026-11-23T18:00:09.000Z","commitment":"EFXH0NbExHczUwt2D1Z+Yk6JhHiXdEJJCPvn4GtJyjk=","event":"instruction.closed","from":"RESPONDED","id":"019ab0c4-5a00-7000-8000-${at.toString(16).padStart(12, '0')}","instructionId":"019ab0c4-5a00-7000-8000-000000000001","subjectRef":"0123456789abcdef0123456789abcdef","tenantId":"019ab0c4-5a00-7000-8000-00000000000a","to":"COMPLETED"}`,
  );

/** Lays out a log of `size` entries, 256 at a time, in flat memory and with Node's own hash. */
export async function layOutLog(directory: string, size: number): Promise<LogOnDisk> {
  const tiles = new Tiles(directory);
  let bytes = 0;
  for (let from = 0; from < size; from += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - from);
    const entries = Array.from({ length: width }, (_, at) => entryOf(from + at));
    bytes += entries.reduce((sum, entry) => sum + entry.length, 0);
    write(directory, entryBundlePath(from / TILE_WIDTH, width), encodeBundle(entries));
    for (const entry of entries) tiles.push(0, digest(LEAF, entry));
  }
  tiles.end();
  const signer = ed25519Signer('personr.example/log/bench', new Uint8Array(32).fill(7));
  const root = await treeRoot(size, (level, index, width) =>
    Promise.resolve(readFileSync(join(directory, tilePath(level, index, width)))),
  );
  write(directory, 'checkpoint', signNote(formatCheckpoint({ origin: signer.name, size, root }), [signer]));
  return { directory, size, vkey: signer.vkey, bytes };
}

/** The tiles that fill, level by level. */
class Tiles {
  private readonly levels: { hashes: Buffer[]; index: number }[] = [];

  constructor(private readonly directory: string) {}

  push(at: number, leaf: Buffer): void {
    const level = (this.levels[at] ??= { hashes: [], index: 0 });
    level.hashes.push(leaf);
    if (level.hashes.length < TILE_WIDTH) return;
    this.write(at);
    const full = level.hashes.splice(0);
    level.index += 1;
    this.push(at + 1, over(full));
  }

  end(): void {
    for (const [at, { hashes }] of this.levels.entries()) if (hashes.length > 0) this.write(at);
  }

  private write(at: number): void {
    const { hashes = [], index = 0 } = this.levels[at] ?? {};
    write(
      this.directory,
      tilePath(at, index, hashes.length),
      Buffer.concat(hashes, hashes.length * HASH_BYTES),
    );
  }
}

function over(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    row = row.filter((_, at) => at % 2 === 0).map((left, at) => digest(NODE, left, row[at * 2 + 1] ?? left));
  }
  return row[0] ?? Buffer.alloc(0);
}

function write(directory: string, path: string, bytes: Uint8Array | string): void {
  const file = join(directory, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
