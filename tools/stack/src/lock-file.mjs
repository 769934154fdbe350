import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { birthOf, isAlive } from './process-birth.mjs';
import { fileError } from './stack-error.mjs';

/** @typedef {{ pid: number, birth?: string | undefined }} Holder */

/**
 * Takes the lock kept in `path` for this process. Returns what releases it, or who holds it. The lock of a
 * process that no longer lives is taken over. Throws `NOT_WRITABLE`, `DISK_FULL`.
 *
 * @param {string} path
 * @returns {{ release: () => void } | { holder: Holder }}
 */
export function takeLock(path) {
  const mine = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) });
  for (;;) {
    if (create(path, mine)) return { release: () => release(path, mine) };
    const found = read(path);
    if (found === undefined) continue;
    const holder = parse(found);
    if (holder !== undefined && isAlive(holder.pid) && birthOf(holder.pid) === holder.birth)
      return { holder };
    setAside(path, found);
  }
}

/**
 * Written aside and then linked, so that nobody ever reads half a lock.
 *
 * @param {string} path
 * @param {string} text
 */
function create(path, text) {
  const draft = `${path}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw fileError(error, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Moves a dead holder's lock away, unless another run was quicker and it is that run's lock by now.
 *
 * @param {string} path
 * @param {string} dead
 */
function setAside(path, dead) {
  const aside = `${path}.${process.pid}.old`;
  try {
    renameSync(path, aside);
    if (read(aside) !== dead) linkSync(aside, path);
  } catch {
    // Somebody else moved it, or took it: the next look tells.
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * @param {string} path
 * @param {string} mine
 */
function release(path, mine) {
  if (read(path) === mine) rmSync(path, { force: true });
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @param {string} text @returns {Holder | undefined} */
function parse(text) {
  try {
    const holder = JSON.parse(text);
    return typeof holder.pid === 'number' ? holder : undefined;
  } catch {
    return undefined;
  }
}
