import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const BYTES = 1024 * 1024;

/** Why a disk of a test's own cannot be had here, or null where it can. */
export const noSmallDisk: string | null =
  process.platform === 'linux' && process.getuid?.() === 0
    ? null
    : 'mounting a small disk needs Linux and root';

/** A disk of one megabyte, which a test may fill or make read-only. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  static async mount(path: string): Promise<SmallDisk> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${String(BYTES)},mode=700`, 'personr-test', path]);
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
