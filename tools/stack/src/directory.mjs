import {
  accessSync,
  chmodSync,
  constants,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { keeper } from './keeper.mjs';
import { diskFull, fileError } from './stack-error.mjs';

const NEEDED_BYTES = 200 * 1024 * 1024;

/**
 * Makes a directory (and those above it) with `mode`, and returns its absolute path. Throws `NOT_WRITABLE`,
 * `DISK_FULL`.
 *
 * @param {string} path
 * @param {number} [mode]
 */
export function makeDirectory(path, mode = 0o700) {
  const absolute = resolve(path);
  try {
    mkdirSync(absolute, { recursive: true });
    chmodSync(absolute, mode);
    accessSync(absolute, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fileError(error, absolute);
  }
  return absolute;
}

/**
 * Makes a directory that nobody else uses and that goes away with this process, whatever becomes of it. Others
 * can pass through it, as a database server of another user must, but not list it.
 *
 * @param {string} [label]
 */
export function ephemeralDirectory(label = 'run') {
  const parent = isEnterableByAll(tmpdir()) ? tmpdir() : '/tmp';
  let directory;
  try {
    directory = mkdtempSync(join(parent, `personr-${label}-`));
    chmodSync(directory, 0o711);
  } catch (error) {
    throw fileError(error, parent);
  }
  keeper.removeAtEnd(directory);
  return directory;
}

/** Removes an ephemeral directory now. @param {string} directory */
export function removeDirectory(directory) {
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  keeper.forget(directory);
}

/** Throws `DISK_FULL` when less is free than two fresh clusters need. @param {string} directory */
export function requireSpace(directory) {
  const { bavail, bsize } = statfsSync(directory);
  if (bavail * bsize < NEEDED_BYTES) throw diskFull(directory);
}

/** Says whether any user may pass through `path` and everything above it. @param {string} path @returns {boolean} */
export function isEnterableByAll(path) {
  const absolute = resolve(path);
  if ((statSync(absolute).mode & 0o001) === 0) return false;
  const parent = dirname(absolute);
  return parent === absolute || isEnterableByAll(parent);
}
