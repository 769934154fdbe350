import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError, isDomainError, isId, type TenantId } from '@personr/kernel';
import { using } from './aead.js';
import { type Root, type RootId, type RootName } from './keyring.js';
import { decodeRoot, encodeRoot } from './root.file.js';

const ROOT_FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.new)?$/;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW;
const OVERWRITE = constants.O_RDWR | constants.O_NOFOLLOW;

/** One replica of the keyring: `<directory>/<tenant id>/<root id>`, directories 0700, files 0600. */
export class ReplicaDirectory {
  constructor(private readonly directory: string) {}

  /** Makes the directory if it is missing. Throws `KEYRING_UNSAFE` unless it is ours alone. */
  check(): Promise<void> {
    return guarded(async () => {
      await mkdir(this.directory, { recursive: true, mode: 0o700 });
      assertPrivate(await lstat(this.directory));
    });
  }

  /** Writes the root durably and reads it back. Leaves an undamaged one as it is. */
  write(root: Root): Promise<void> {
    return guarded(async () => {
      if ((await this.read(root)) === null) await this.replace(root);
      const found = await this.read(root);
      if (found === null || !using(found, (key) => key.equals(root.key))) throw incomplete();
    });
  }

  /** The root's key, or null when it is absent or damaged. */
  read(name: RootName): Promise<Buffer | null> {
    return guarded(() => {
      const bytes = readPrivate(this.fileOf(name));
      return bytes === null ? null : using(bytes, (file) => decodeRoot(name, file));
    });
  }

  /** Overwrites and removes the roots, also half-written ones. */
  destroy(names: readonly RootName[]): Promise<void> {
    return guarded(async () => {
      for (const name of names) {
        await overwriteAndUnlink(this.fileOf(name));
        await overwriteAndUnlink(this.draftOf(name));
      }
      for (const tenantId of new Set(names.map((name) => name.tenantId))) {
        await syncDirectory(this.tenantDirectory(tenantId));
      }
    });
  }

  /** The roots held here, of one tenant if given. */
  list(tenantId?: TenantId): Promise<RootName[]> {
    return guarded(async () => {
      const tenants = tenantId === undefined ? await entriesOf(this.directory) : [tenantId];
      const names: RootName[] = [];
      for (const tenant of tenants.filter(isId) as TenantId[]) {
        for (const entry of await entriesOf(this.tenantDirectory(tenant))) {
          const rootId = ROOT_FILE.exec(entry)?.[1];
          if (rootId !== undefined) names.push({ tenantId: tenant, rootId: rootId as RootId });
        }
      }
      return names;
    });
  }

  private async replace(root: Root): Promise<void> {
    const home = this.tenantDirectory(root.tenantId);
    const made = await mkdir(home, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncDirectory(this.directory);
    await overwriteAndUnlink(this.fileOf(root));
    await overwriteAndUnlink(this.draftOf(root));
    const draft = await open(this.draftOf(root), 'wx', 0o600);
    try {
      const bytes = encodeRoot(root);
      await draft.writeFile(bytes);
      bytes.fill(0);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(this.draftOf(root), this.fileOf(root));
    await syncDirectory(home);
  }

  private readonly tenantDirectory = (tenantId: TenantId): string => join(this.directory, tenantId);
  private readonly fileOf = (name: RootName): string => join(this.directory, name.tenantId, name.rootId);
  private readonly draftOf = (name: RootName): string => `${this.fileOf(name)}.new`;
}

/** Reads a file of a few bytes without a thread: every seal and open waits for it, and a thread takes longer than it. */
function readPrivate(path: string): Buffer | null {
  let file: number;
  try {
    file = openSync(path, READ);
  } catch (error) {
    return nothingIfAbsent(null)(error);
  }
  try {
    assertPrivate(fstatSync(file));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

async function overwriteAndUnlink(path: string): Promise<void> {
  const file = await openIfThere(path, OVERWRITE);
  if (file === null) return;
  try {
    const { size } = await file.stat();
    await file.write(randomBytes(size), 0, size, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await unlink(path);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await openIfThere(path, constants.O_RDONLY);
  if (directory === null) return;
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const openIfThere = (path: string, flags: number) => open(path, flags).catch(nothingIfAbsent(null));

const entriesOf = (path: string) => readdir(path).catch(nothingIfAbsent<string[]>([]));

const nothingIfAbsent =
  <T>(nothing: T) =>
  (error: unknown): T => {
    if (hasCode(error, 'ENOENT')) return nothing;
    throw error;
  };

async function guarded<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDomainError(error)) throw error;
    if (hasCode(error, 'ELOOP')) throw unsafe();
    throw incomplete(error);
  }
}

function assertPrivate(stats: Stats): void {
  const ours = process.getuid === undefined || stats.uid === process.getuid();
  if (!ours || (stats.mode & 0o077) !== 0 || !(stats.isFile() || stats.isDirectory())) throw unsafe();
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;

const unsafe = () =>
  new DomainError(
    'KEYRING_UNSAFE',
    'A keyring replica can be reached by others: directories need mode 0700, files 0600, both owned by this process.',
  );

const incomplete = (cause?: unknown) =>
  new DomainError('KEYRING_INCOMPLETE', 'A keyring replica failed or holds another key.', { cause });
