import { spawn } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Door } from './door.js';
import { type Figure, judge, median } from './figure.js';
import { peakRssOf, rssOf } from './process-memory.js';
import { type IntakeBench } from './intake.js';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 4 * MIB;
const READ_BYTES = MIB;
const ROUNDS = 3;
const MB = 1_000_000;

const ABOUT = new URLSearchParams({
  element: 'VIDEO',
  source: 'CONSUMER_DIRECT',
  purpose: 'IDENTITY_VERIFICATION',
  collectedAt: '2026-11-23T18:00:00Z',
}).toString();

/**
 * A large document in, over HTTP and sealed to the file system, beside `cat` of the same file to a file and
 * AES-256-GCM of the same bytes in memory, in turn; and how much more memory the api held meanwhile.
 */
export async function intakeDocuments({ stack, door, isQuick, say }: IntakeBench): Promise<Figure[]> {
  const bytes = (isQuick ? 256 : 2048) * MIB;
  const path = join(stack.stateDirectory, 'bench-document');
  say(`documents: a file of ${bytes / MIB} MiB`);
  await writeRandom(path, bytes);
  try {
    const { id } = await door.post<{ id: string }>('/v1/subjects', { externalId: 'bench-documents' });
    const url = `${door.apiUrl}/v1/subjects/${id}/documents?${ABOUT}`;
    await upload(door, { url, path, bytes });
    const samples = { product: [] as number[], cat: [] as number[], cipher: [] as number[] };
    let growth = 0;
    for (let round = 0; round < (isQuick ? 2 : ROUNDS); round += 1) {
      samples.cat.push(rateOf(bytes, await timed(() => cat(path))));
      samples.cipher.push(rateOf(bytes, await timed(() => encrypt(bytes))));
      const before = rssOf(stack.processes.api);
      const { peak, result } = await peakRssOf(stack.processes.api, () =>
        timed(() => upload(door, { url, path, bytes })),
      );
      samples.product.push(rateOf(bytes, result));
      growth = Math.max(growth, peak - before);
      say(`documents: round ${round + 1} of ${isQuick ? 2 : ROUNDS}`);
    }
    return figuresOf(samples, { growth, bytes });
  } finally {
    await rm(path, { force: true });
  }
}

type Samples = { readonly product: number[]; readonly cat: number[]; readonly cipher: number[] };

function figuresOf(samples: Samples, { growth, bytes }: { growth: number; bytes: number }): Figure[] {
  const common = { bench: 'intake', case: `document of ${bytes / MIB} MiB`, n: samples.product.length };
  const rate = { ...common, unit: 'MB/s', value: median(samples.product), better: 'higher' as const };
  return [
    judge({ ...rate, metric: 'sealed, beside cat', target: 150, baseline: median(samples.cat) }),
    judge({ ...rate, metric: 'sealed, beside GCM', target: 150, baseline: median(samples.cipher) }),
    judge({ ...common, metric: 'RSS growth of api', unit: 'MB', value: growth, target: 64 }),
  ];
}

const rateOf = (bytes: number, milliseconds: number): number => bytes / MB / (milliseconds / 1000);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function writeRandom(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  const piece = randomBytes(CHUNK_BYTES);
  for (let at = 0; at < bytes; at += piece.length) {
    piece.writeUInt32BE(at / piece.length);
    await file.write(piece);
  }
  await file.close();
}

/** Posts the file as it is. Throws unless it was taken in. */
async function upload(
  { token }: Door,
  { url, path, bytes }: { url: string; path: string; bytes: number },
): Promise<void> {
  const sent = request(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'video/mp4', 'content-length': bytes },
  });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  createReadStream(path, { highWaterMark: READ_BYTES }).pipe(sent);
  const [response] = await answered;
  response.resume();
  await finished(response);
  if (response.statusCode !== 201)
    throw new Error(`a document was answered with ${response.statusCode ?? 0}`);
}

/** The same bytes from one file to another, by nobody's code of ours. */
async function cat(path: string): Promise<void> {
  const copy = `${path}.cat`;
  const child = spawn('/bin/sh', ['-c', 'cat "$0" > "$1"', path, copy], { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number];
  await rm(copy, { force: true });
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
