import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  unlink,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DomainError, isDomainError, isId, type TenantId } from '@personr/kernel';
import { using } from './aead.js';
import { type Root, type RootId, type RootName } from './keyring.js';
import { type Replica } from './replica.js';
import { decodeRoot, encodeRoot } from './root.file.js';

const ROOT_FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.new)?$/;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW;
const OVERWRITE = constants.O_RDWR | constants.O_NOFOLLOW;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

const MARK = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW;
/** Lies in every replica for good: where it is not found, the replica is not there. */
const MARK_FILE = 'replica';
const FOUNDED = 'A replica of a keyring. Never copy it, back it up or take a snapshot of it.\n';

const syncFile = promisify(fsync);
const unlinkFile = promisify(unlink);

/**
 * One replica of the keyring: `<directory>/<tenant id>/<root id>`, directories 0700, files 0600. Files of a few bytes are
 * opened, written and renamed without a thread, which takes longer than that; only what waits for the disk, as the end of a
 * file does that has just been written, has one, and of many roots all wait together.
 */
export class ReplicaDirectory implements Replica {
  constructor(private readonly directory: string) {}

  check(): Promise<void> {
    return guardedLater(() => {
      this.assertThere();
    });
  }

  found(): Promise<void> {
    return guardedLater(async () => {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      assertPrivate(lstatSync(this.directory));
      await withFiles([{ path: this.mark, flags: MARK, bytes: () => Buffer.from(FOUNDED) }]);
      await syncDirectories([join(this.directory, '..'), this.directory]);
    });
  }

  write(roots: readonly Root[]): Promise<void> {
    return guardedLater(async () => {
      this.assertThere();
      const missing = roots.filter((root) => !this.holds(root));
      if (missing.length > 0) await this.replace(missing);
      if (!roots.every((root) => this.holds(root))) throw incomplete();
    });
  }

  read(name: RootName): Buffer | null {
    return guarded(() => {
      const bytes = readPrivate(this.fileOf(name));
      return bytes === null ? null : using(bytes, (file) => decodeRoot(name, file));
    });
  }

  destroy(names: readonly RootName[]): Promise<void> {
    return guardedLater(async () => {
      this.assertThere();
      await overwriteAndUnlink(names.flatMap((name) => [this.fileOf(name), this.draftOf(name)]));
      await syncDirectories(this.homesOf(names));
    });
  }

  list(tenantId?: TenantId): RootName[] {
    return guarded(() => {
      const tenants = tenantId === undefined ? entriesOf(this.directory).filter(isId) : [tenantId];
      return (tenants as TenantId[]).flatMap((tenant) =>
        entriesOf(this.homeOf(tenant)).flatMap((entry) => {
          const rootId = ROOT_FILE.exec(entry)?.[1];
          return rootId === undefined ? [] : [{ tenantId: tenant, rootId: rootId as RootId }];
        }),
      );
    });
  }

  /** A disk that is away must not pass for an empty one: what it holds is neither written nor destroyed. */
  private assertThere(): void {
    assertPrivate(lstatSync(this.directory));
    if (openAndClose(this.mark)) return;
    throw new DomainError(
      'KEYRING_INCOMPLETE',
      'A keyring replica is not the one that was founded: mount its disk, or, if it is lost for good, run `npm run ops -- keyring found`.',
    );
  }

  /** Says whether the root lies here undamaged. Throws `KEYRING_INCOMPLETE` when another key does by its name. */
  private holds(root: Root): boolean {
    const found = this.read(root);
    if (found === null) return false;
    if (!using(found, (key) => key.equals(root.key))) throw incomplete();
    return true;
  }

  private async replace(roots: readonly Root[]): Promise<void> {
    const homes = this.homesOf(roots);
    const made = homes.filter((home) => mkdirSync(home, { recursive: true, mode: 0o700 }) !== undefined);
    if (made.length > 0) await syncDirectories([this.directory]);
    await overwriteAndUnlink(roots.flatMap((root) => [this.fileOf(root), this.draftOf(root)]));
    await withFiles(
      roots.map((root) => ({ path: this.draftOf(root), flags: CREATE, bytes: () => encodeRoot(root) })),
    );
    for (const root of roots) renameSync(this.draftOf(root), this.fileOf(root));
    await syncDirectories(homes);
  }

  private homesOf(names: readonly RootName[]): string[] {
    return [...new Set(names.map(({ tenantId }) => this.homeOf(tenantId)))];
  }

  private get mark(): string {
    return join(this.directory, MARK_FILE);
  }

  private readonly homeOf = (tenantId: TenantId): string => join(this.directory, tenantId);
  private readonly fileOf = (name: RootName): string => join(this.directory, name.tenantId, name.rootId);
  private readonly draftOf = (name: RootName): string => `${this.fileOf(name)}.new`;
}

function readPrivate(path: string): Buffer | null {
  const file = openIfThere(path, READ);
  if (file === null) return null;
  try {
    assertPrivate(fstatSync(file));
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

type Writing = { readonly path: string; readonly flags: number; readonly bytes: (size: number) => Buffer };

/** Writes to files from their beginnings and waits for the disk, for all of them at once. Those that are not there stay so. */
async function withFiles(writings: readonly Writing[]): Promise<string[]> {
  const opened: { file: number; path: string }[] = [];
  try {
    for (const { path, flags, bytes } of writings) {
      const file = openIfThere(path, flags);
      if (file === null) continue;
      opened.push({ file, path });
      using(bytes(fstatSync(file).size), (content) => writeSync(file, content, 0, content.length, 0));
    }
    await Promise.all(opened.map(({ file }) => syncFile(file)));
  } finally {
    for (const { file } of opened) closeSync(file);
  }
  return opened.map(({ path }) => path);
}

async function overwriteAndUnlink(paths: readonly string[]): Promise<void> {
  const found = await withFiles(paths.map((path) => ({ path, flags: OVERWRITE, bytes: randomBytes })));
  await Promise.all(found.map((path) => unlinkFile(path)));
}

async function syncDirectories(paths: readonly string[]): Promise<void> {
  const opened = paths.flatMap((path) => openIfThere(path, constants.O_RDONLY) ?? []);
  try {
    await Promise.all(opened.map((directory) => syncFile(directory)));
  } finally {
    for (const directory of opened) closeSync(directory);
  }
}

/** An error for each file that is not there would cost more than the look. */
const openIfThere = (path: string, flags: number): number | null =>
  (flags & constants.O_CREAT) === 0 && lstatSync(path, { throwIfNoEntry: false }) === undefined
    ? null
    : nothingIfAbsent(null, () => openSync(path, flags, 0o600));

function openAndClose(path: string): boolean {
  const file = openIfThere(path, READ);
  if (file !== null) closeSync(file);
  return file !== null;
}

const entriesOf = (path: string): string[] => nothingIfAbsent<string[]>([], () => readdirSync(path));

function nothingIfAbsent<T>(nothing: T, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return nothing;
    throw error;
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refusalOf(error);
  }
}

async function guardedLater(work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw refusalOf(error);
  }
}

function refusalOf(error: unknown): unknown {
  if (isDomainError(error)) return error;
  return hasCode(error, 'ELOOP') ? unsafe() : incomplete(error);
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
