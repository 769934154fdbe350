import { createRequire } from 'node:module';
import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { ZipFile } from 'yazl';

type Checksum = { unsigned: (bytes: Buffer, before?: number) => number };

// yazl takes its checksums from buffer-crc32, written in JavaScript; Node's own is the same function in a tenth of the time.
const require = createRequire(import.meta.url);
(createRequire(require.resolve('yazl'))('buffer-crc32') as Checksum).unsigned = crc32;

/** A file of the package; `sizeBytes` as far as it is known beforehand. */
export type Entry = {
  readonly path: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly isPacked?: boolean;
  readonly sizeBytes?: number;
};

/** Sizes from here on need the 64-bit form. */
const LARGE_BYTES = 0xf0000000;

// The same files are the same bytes, whenever and wherever they are put together: the first instant a zip can say.
const OPTIONS = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true };

/** The files as one zip, each asked for once the one before it has been written. Errors of the files come as they are. */
export async function* zipped(entries: AsyncIterable<Entry> | Iterable<Entry>): AsyncIterable<Uint8Array> {
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.outputStream.pipe(output);
  const feeding = new Feeding(zip);
  const fed = feeding.run(entries).catch((error: unknown) => {
    output.destroy(error as Error);
  });
  zip.on('error', (error: Error) => output.destroy(error));
  try {
    for await (const piece of output) yield piece as Uint8Array;
  } finally {
    output.destroy();
    feeding.stop();
    await fed;
  }
}

/** Gives a zip its files, one after the other. */
class Feeding {
  private current: Readable | null = null;

  constructor(private readonly zip: ZipFile) {}

  async run(entries: AsyncIterable<Entry> | Iterable<Entry>): Promise<void> {
    for await (const { path, bytes, isPacked = false, sizeBytes = 0 } of entries) {
      const stream = Readable.from(bytes, { objectMode: false });
      this.current = stream;
      const forceZip64Format = sizeBytes >= LARGE_BYTES;
      this.zip.addReadStream(stream, path, { ...OPTIONS, compress: !isPacked, forceZip64Format });
      await finished(stream);
    }
    this.zip.end();
  }

  /** Lets go of the file that is being read, when nobody wants the zip any more. */
  stop(): void {
    this.current?.destroy();
  }
}
