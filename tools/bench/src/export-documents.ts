import { spawn } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ExportBench } from './export.js';
import { exported, handIn, type NewDocument } from './export-door.js';
import { type Figure, judge, median } from './figure.js';
import { peakRssOf, rssOf } from './process-memory.js';
import { timed } from './timings.js';

const MIB = 1024 * 1024;
const MB = 1_000_000;
const CHUNK_BYTES = 4 * MIB;
const DOCUMENT_BYTES = { quick: 128 * MIB, full: 2048 * MIB };
const WARM_UP_BYTES = 64 * MIB;
const DOCUMENTS = { quick: 4, full: 5 };
const ROUNDS = 2;

/**
 * A person's documents of gigabytes into a package for the Business, opened, hashed, zipped and sealed again; beside `cat`
 * of their sealed bytes to a file and AES-256-GCM of as many bytes in memory, in turn; and how much more memory the worker
 * held meanwhile.
 */
export async function exportDocuments({ stack, door, isQuick, say }: ExportBench): Promise<Figure[]> {
  const size = isQuick ? 'quick' : 'full';
  const bytes = DOCUMENT_BYTES[size] * DOCUMENTS[size];
  const warm = await door.post<{ id: string }>('/v1/subjects', { externalId: 'warm-up' });
  await handIn(door, warm.id, randomDocument(WARM_UP_BYTES));
  await exported(door, 'warm-up', 'BUSINESS');
  const { id } = await door.post<{ id: string }>('/v1/subjects', { externalId: 'large' });
  for (let place = 0; place < DOCUMENTS[size]; place += 1) {
    await handIn(door, id, randomDocument(DOCUMENT_BYTES[size]));
    say(`export: document ${place + 1} of ${DOCUMENTS[size]} handed in`);
  }
  const sealed = sealedFilesOf(join(stack.stateDirectory, 'objects'), id);
  const samples = { product: [] as number[], cat: [] as number[], cipher: [] as number[] };
  let growth = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    samples.cat.push(rateOf(bytes, await timed(() => cat(sealed, join(stack.stateDirectory, 'cat')))));
    samples.cipher.push(rateOf(bytes, await timed(() => encrypt(bytes))));
    const before = rssOf(stack.processes.worker);
    const { peak, result } = await peakRssOf(stack.processes.worker, () =>
      timed(() => exported(door, 'large', 'BUSINESS')),
    );
    samples.product.push(rateOf(bytes, result));
    growth = Math.max(growth, peak - before);
    say(`export: round ${round + 1} of ${ROUNDS}`);
    // Packages of gigabytes are not kept for the next round: nobody asks for this one again.
    for (const file of sealedFilesOf(join(stack.stateDirectory, 'objects'), id))
      if (!sealed.includes(file)) rmSync(file);
  }
  return figuresOf(samples, { bytes, growth });
}

type Samples = { readonly product: number[]; readonly cat: number[]; readonly cipher: number[] };

function figuresOf(samples: Samples, { bytes, growth }: { bytes: number; growth: number }): Figure[] {
  const common = { bench: 'export', case: `documents of ${bytes / MIB} MiB`, n: ROUNDS };
  const rate = {
    ...common,
    unit: 'MB/s',
    value: median(samples.product),
    target: 100,
    better: 'higher' as const,
  };
  return [
    judge({ ...rate, metric: 'packed, beside cat', baseline: median(samples.cat) }),
    judge({ ...rate, metric: 'packed, beside GCM', baseline: median(samples.cipher) }),
    judge({ ...common, metric: 'RSS growth of worker', unit: 'MB', value: growth, target: 64 }),
  ];
}

const rateOf = (bytes: number, milliseconds: number): number => bytes / MB / (milliseconds / 1000);

function randomDocument(sizeBytes: number): NewDocument {
  function* pieces(): Iterable<Uint8Array> {
    const piece = randomBytes(CHUNK_BYTES);
    for (let at = 0; at < sizeBytes; at += piece.length) {
      piece.writeUInt32BE(at / piece.length);
      yield Buffer.from(piece);
    }
  }
  return { element: 'VIDEO', mediaType: 'video/mp4', sizeBytes, bytes: pieces };
}

/** The files that rest for a subject. */
const sealedFilesOf = (directory: string, subjectId: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.endsWith(subjectId))
    .map(({ parentPath, name }) => join(parentPath, name));

/** The same bytes from their files into one, by nobody's code of ours. */
async function cat(files: readonly string[], into: string): Promise<void> {
  const child = spawn('/bin/sh', ['-c', 'out="$1"; shift; cat "$@" > "$out"', 'cat', into, ...files], {
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'close')) as [number];
  rmSync(into, { force: true });
  if (code !== 0) throw new Error('cat failed');
}

/** As many bytes through AES-256-GCM in memory, a chunk at a time, as the product seals them. */
function encrypt(bytes: number): Promise<void> {
  const [key, chunk] = [randomBytes(32), randomBytes(CHUNK_BYTES)];
  for (let at = 0; at < bytes; at += chunk.length) {
    const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12));
    cipher.update(chunk);
    cipher.final();
    cipher.getAuthTag();
  }
  return Promise.resolve();
}
