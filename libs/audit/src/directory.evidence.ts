import { randomUUID } from 'node:crypto';
import { closeSync, fsync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isDomainError } from '@personr/kernel';
import {
  assertEvidencePath,
  type EvidenceFile,
  EvidenceStore,
  evidenceUnavailable,
} from './evidence-store.js';

const PRIVATE = 0o700;
/** A file that is not whole yet; readers of the directory pass it by. */
const UNFINISHED = '.unfinished';

const sync = promisify(fsync);

/**
 * Evidence as files below one directory, which a web server can hand out as it is (C2SP tlog-tiles). What only reaches
 * the page cache is done at once, since a thread takes longer than it; what waits for the disk does not hold up others.
 */
export class DirectoryEvidence extends EvidenceStore {
  constructor(private readonly directory: string) {
    super();
  }

  put(files: readonly EvidenceFile[]): Promise<void> {
    return guarded(async () => {
      const paths = files.map(({ path }) => this.pathOf(path));
      const changed = new Set(paths.flatMap((path) => [dirname(path), ...makeDirectories(dirname(path))]));
      const drafts = await writeAll(files.map(({ bytes }, at) => ({ path: paths[at] ?? '', bytes })));
      for (const [at, path] of paths.entries()) renameSync(drafts[at] ?? '', path);
      await settled([...changed].map((directory) => openSync(directory, 'r')));
    });
  }

  get(path: string): Promise<Uint8Array | null> {
    return guarded(() => readFile(this.pathOf(path)).catch(nothingIfAbsent(null)));
  }

  list(path: string): Promise<string[]> {
    return guarded(() => {
      try {
        const entries = readdirSync(this.pathOf(path), { withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile() && !entry.name.endsWith(UNFINISHED))
          .map(({ name }) => name);
      } catch (error) {
        return nothingIfAbsent<string[]>([])(error);
      }
    });
  }

  remove(paths: readonly string[]): Promise<void> {
    return guarded(() => {
      for (const path of paths) rmSync(this.pathOf(path), { force: true });
    });
  }

  private pathOf(path: string): string {
    assertEvidencePath(path);
    return join(this.directory, path);
  }
}

/** Makes a directory and those above it. Returns those in which something was made. */
function makeDirectories(directory: string): string[] {
  const first = mkdirSync(directory, { recursive: true, mode: PRIVATE });
  if (first === undefined) return [];
  const changed: string[] = [];
  for (let made = directory; made.length >= first.length; made = dirname(made)) changed.push(dirname(made));
  return changed;
}

/** Writes each file durably beside the one it is to become. Returns their paths; after a failure, none is left. */
async function writeAll(files: readonly EvidenceFile[]): Promise<string[]> {
  const drafts = files.map(({ path }) => `${path}.${randomUUID()}${UNFINISHED}`);
  const written: number[] = [];
  try {
    for (const [at, { bytes }] of files.entries()) written.push(write(drafts[at] ?? '', bytes));
    await settled(written.splice(0));
    return drafts;
  } catch (error) {
    for (const file of written) closeSync(file);
    for (const draft of drafts) rmSync(draft, { force: true });
    throw error;
  }
}

/** Writes a new file and leaves it open. */
function write(path: string, bytes: Uint8Array): number {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Has what lies open sent to the disk, all together, and closes it. */
async function settled(files: readonly number[]): Promise<void> {
  try {
    await Promise.all(files.map((file) => sync(file)));
  } finally {
    for (const file of files) closeSync(file);
  }
}

const nothingIfAbsent =
  <T>(nothing: T) =>
  (error: unknown): T => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return nothing;
    throw error;
  };

async function guarded<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDomainError(error)) throw error;
    throw evidenceUnavailable(error);
  }
}
