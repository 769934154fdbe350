import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  type FileHandle,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DomainError } from '@personr/kernel';
import { assertListed, assertObjectName, isMeant } from './object-name.js';
import { type ByteRange, type ObjectName, type ObjectSelection, ObjectStore } from './object-store.js';

/** A put that is not finished is a file of this ending beside the object's own; no object's name has a dot. */
const UNFINISHED = '.part';
const PRIVATE = 0o700;
const READ_BYTES = 1024 * 1024;
/** Written before they are sent on to the disk, while more is written. */
const SYNC_BYTES = 32 * 1024 * 1024;
const ATTEMPTS = 5;
const PAGE = 1000;

/** Objects as files below one directory, which is one file system. */
export class FilesystemObjects extends ObjectStore {
  readonly kind = 'filesystem';

  constructor(private readonly directory: string) {
    super();
  }

  async put(name: ObjectName, body: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.pathOf(name);
    const unfinished = `${path}.${randomUUID()}${UNFINISHED}`;
    try {
      await writeWhole(await create(unfinished), body);
      await rename(unfinished, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error instanceof Error && 'syscall' in error ? unavailable(error) : error;
    }
  }

  async *get(name: ObjectName, range?: ByteRange): AsyncIterable<Uint8Array> {
    const file = await open(this.pathOf(name), 'r').catch((error: unknown) => {
      throw isAbsent(error) ? missing() : unavailable(error);
    });
    try {
      yield* read(file, range ?? { start: 0, end: (await file.stat()).size - 1 });
    } finally {
      await file.close();
    }
  }

  async remove(selection: ObjectSelection): Promise<number> {
    const files = await this.find(selection);
    const directories = new Set(files.map((file) => dirname(file)));
    for (const file of files) await rm(file, { force: true });
    for (const directory of directories) {
      await syncDirectory(directory);
      // One that is not empty stays.
      await rmdir(directory).catch(() => undefined);
    }
    return files.length;
  }

  async remaining(selection: ObjectSelection): Promise<number> {
    return (await this.find(selection)).length;
  }

  async *names(prefix: string): AsyncIterable<readonly ObjectName[]> {
    assertListed(prefix);
    let page: ObjectName[] = [];
    for await (const path of filesBelow(join(this.directory, prefix))) {
      page.push(nameOf(path, this.directory));
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  }

  async check(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: PRIVATE });
    await access(this.directory, constants.R_OK | constants.W_OK | constants.X_OK);
  }

  close(): void {
    // Nothing is kept open.
  }

  private pathOf(name: ObjectName): string {
    assertObjectName(name);
    return join(this.directory, name);
  }

  /** The files of every object and every unfinished put that the selection means. */
  private async find(selection: ObjectSelection): Promise<string[]> {
    assertObjectName(selection.prefix);
    const { prefix } = selection;
    const above = prefix.endsWith('/') ? prefix : prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const root = join(this.directory, above);
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw unavailable(error);
    });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => isMeant(nameOf(path, this.directory), selection));
  }
}

/** Every file below a directory, one by one; none of one that goes meanwhile. */
async function* filesBelow(directory: string): AsyncIterable<string> {
  const entries = await opendir(directory).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw unavailable(error);
  });
  for await (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

/** The name of the object that a file is, or is to be. */
const nameOf = (path: string, directory: string): ObjectName =>
  path.slice(join(directory, '/').length).replace(/\..*$/, '');

/** Creates a file and the directories above it, also when a removal takes an empty one away in between. */
async function create(path: string): Promise<FileHandle> {
  for (let attempt = 1; ; attempt += 1) {
    await makeDurably(dirname(path));
    try {
      return await open(path, 'wx', 0o600);
    } catch (error) {
      if (!isAbsent(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Writes to the disk on the way, so that little is left to wait for at the end. */
async function writeWhole(file: FileHandle, body: AsyncIterable<Uint8Array>): Promise<void> {
  let syncing = Promise.resolve();
  let unsynced = 0;
  try {
    for await (const bytes of body) {
      await writeAll(file, bytes);
      unsynced += bytes.length;
      if (unsynced < SYNC_BYTES) continue;
      await syncing;
      syncing = file.datasync();
      // Whoever waits for it hears how it ended.
      syncing.catch(() => undefined);
      unsynced = 0;
    }
    await syncing;
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

async function* read(file: FileHandle, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
  for (let at = start; at <= end;) {
    const wanted = Math.min(READ_BYTES, end - at + 1);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Makes a directory and those above it that are missing, each of which survives a loss of power. */
async function makeDurably(directory: string): Promise<void> {
  const isThere = await stat(directory).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await makeDurably(dirname(directory));
  await mkdir(directory, { mode: PRIVATE, recursive: true });
  await syncDirectory(dirname(directory));
}

/** Makes what was created, renamed or removed in a directory survive a loss of power. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (handle === null) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isAbsent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

const missing = () =>
  new DomainError('OBJECT_MISSING', 'The bytes of this document are not where they were put.');

const unavailable = (error: unknown) =>
  new DomainError('SERVICE_UNAVAILABLE', 'The object store did not answer. Try again.', { cause: error });
