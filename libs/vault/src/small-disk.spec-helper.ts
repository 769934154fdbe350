import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BYTES = 1024 * 1024;

const mountAt = (path: string) => [
  '-t',
  'tmpfs',
  '-o',
  `size=${String(BYTES)},mode=700`,
  'personr-test',
  path,
];

/** Why a disk of a test's own cannot be had here, or null where it can: tried, since root in a container often may not mount. */
export const noSmallDisk: string | null = mayMount() ? null : 'a small disk cannot be mounted here';

function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = mkdtempSync(join(tmpdir(), 'personr-mount-'));
  try {
    execFileSync('mount', mountAt(path), { stdio: 'ignore' });
    execFileSync('umount', ['-l', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** A disk of one megabyte, which a test may fill or make read-only. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  static async mount(path: string): Promise<SmallDisk> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await run('mount', mountAt(path));
    return new SmallDisk(path);
  }

  /** Leaves no byte free. */
  async fill(): Promise<void> {
    const write = (name: string, bytes: number) => writeFile(join(this.path, name), Buffer.alloc(bytes, 1));
    await write('filler', BYTES).catch(() => undefined);
    await write('last', 4096).catch(() => undefined);
  }

  async makeReadOnly(): Promise<void> {
    await run('mount', ['-o', 'remount,ro', this.path]);
  }

  async unmount(): Promise<void> {
    await run('umount', ['-l', this.path]);
  }
}
