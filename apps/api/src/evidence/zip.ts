import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A file of a zip: its bytes as they come. `isDense` saves the work of compressing what will not shrink. */
export type ZippedFile = {
  readonly path: string;
  readonly content: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;
  readonly isDense?: boolean;
};

/**
 * A zip of files that are made one after the other while somebody reads: as slowly as that one reads, and with no file in
 * memory. It is destroyed when one cannot be made, so that nobody takes a part for the whole; and whoever stops reading
 * stops the making. Any of the files may be larger than 4 GiB (ZIP64).
 */
export function zipOf(files: AsyncIterable<ZippedFile>, madeAt: Date): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.outputStream.pipe(output);
  const fail = (error: unknown): void => {
    output.destroy(error instanceof Error ? error : new Error('a file of the zip could not be made'));
  };
  zip.on('error', fail);
  pour(zip, output, { files, madeAt }).then(() => {
    zip.end();
  }, fail);
  return output;
}

async function pour(
  zip: ZipFile,
  output: Readable,
  { files, madeAt }: { readonly files: AsyncIterable<ZippedFile>; readonly madeAt: Date },
): Promise<void> {
  for await (const { path, content, isDense = false } of files) {
    const options = { mtime: madeAt, mode: 0o100644, compress: !isDense, forceZip64Format: !isDense };
    await ended(Readable.from(content, { objectMode: false }), output, (stream) => {
      zip.addReadStream(stream, path, options);
    });
  }
}

/** Resolves when all of the file was taken. Rejects when it breaks off, or when nobody reads the zip any more. */
function ended(stream: Readable, output: Readable, add: (stream: Readable) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => {
      stream.destroy();
      reject(new Error('nobody reads the zip any more'));
    };
    if (output.destroyed) {
      gone();
      return;
    }
    output.once('close', gone);
    stream.once('error', reject);
    stream.once('end', () => {
      output.off('close', gone);
      resolve();
    });
    add(stream);
  });
}
