import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DomainError } from '@personr/kernel';
import { type BackupPart } from './backup.js';

const PRIVATE = { directory: 0o700, file: 0o600 };

/** The files of one backup, below its directory. Written, each is on the disk and cannot be read by others. */
export class BackupFiles {
  private readonly made = new Set<string>();

  constructor(readonly directory: string) {}

  /** Makes the directory. Throws `BACKUP_INCOMPLETE` when something lies there already. */
  async begin(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: PRIVATE.directory });
    if ((await readdir(this.directory)).length === 0) return;
    throw new DomainError(
      'BACKUP_INCOMPLETE',
      'A backup goes into a directory that is new or empty; nothing was written.',
    );
  }

  /** Writes a part as its bytes come. Throws what they do, and leaves no such file then. */
  async write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<BackupPart> {
    const file = await this.create(path);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for await (const chunk of bytes) {
        hash.update(chunk);
        await file.writeFile(chunk);
        sizeBytes += chunk.length;
      }
      await file.sync();
    } catch (error) {
      await rm(join(this.directory, path), { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return { path, sizeBytes, sha256: hash.digest('hex') };
  }

  /** Writes a text under its name at once, whole or not at all. */
  async publish(path: string, text: string): Promise<void> {
    await this.write(`${path}.new`, once(Buffer.from(text)));
    await rename(join(this.directory, `${path}.new`), join(this.directory, path));
    await this.settle();
  }

  /** Resolves when every name that was given is on the disk. */
  async settle(): Promise<void> {
    for (const directory of [...this.made, this.directory, dirname(this.directory)]) await sync(directory);
  }

  /** Yields a part's bytes. */
  read(path: string): AsyncIterable<Uint8Array> {
    return createReadStream(join(this.directory, path));
  }

  /** Throws `BACKUP_BROKEN`, which names the part, unless it is there as it was written. Reads it to its end. */
  async assertIntact({ path, sizeBytes, sha256 }: BackupPart): Promise<void> {
    const hash = createHash('sha256');
    let size = 0;
    try {
      for await (const chunk of this.read(path)) {
        hash.update(chunk);
        size += chunk.length;
      }
    } catch (cause) {
      throw broken(path, 'cannot be read', cause);
    }
    if (size !== sizeBytes) throw broken(path, `has ${size} bytes, not ${sizeBytes}`);
    if (hash.digest('hex') !== sha256) throw broken(path, 'was changed');
  }

  private async create(path: string) {
    const at = join(this.directory, path);
    const above = dirname(at);
    if (!this.made.has(above)) {
      await mkdir(above, { recursive: true, mode: PRIVATE.directory });
      for (let made = above; made.length > this.directory.length; made = dirname(made)) this.made.add(made);
    }
    return open(at, 'wx', PRIVATE.file);
  }
}

async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** One piece as a stream of pieces. */
export async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** The refusal of a part that is not as it was written. */
export const broken = (path: string, why: string, cause?: unknown): DomainError =>
  new DomainError('BACKUP_BROKEN', `The part ${path} of the backup ${why}. Nothing was changed.`, { cause });
