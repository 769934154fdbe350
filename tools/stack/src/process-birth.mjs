import { readFileSync } from 'node:fs';

/**
 * Says whether a process (or, for a negative number, any of its group) is alive. A zombie counts as dead.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  return pid < 0 || stat(pid)?.[0] !== 'Z';
}

/**
 * Tells two processes that had the same id apart: when it started, in clock ticks since boot. Undefined where
 * the system does not say (anything but Linux).
 *
 * @param {number} pid
 */
export const birthOf = (pid) => (pid > 0 ? stat(pid)?.[19] : undefined);

/** The parent of a process, where the system says. @param {number} pid */
export const parentOf = (pid) => stat(pid)?.[1];

/** The fields of proc(5) `stat` from `state` on: the name before them may hold blanks. @param {number} pid */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
