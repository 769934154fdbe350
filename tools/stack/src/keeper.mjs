import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/keep.mjs', import.meta.url));

/**
 * Makes sure that what this process starts does not outlive it, however it ends. A small process of its own
 * waits at the other end of a pipe; when the pipe closes it ends what is still guarded and removes what was
 * to be removed. It is started on first use and ends with this process.
 */
class Keeper {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child;

  /**
   * Ends `pid` with `signal`, then with SIGKILL after ten seconds, if this process ends first. A negative pid
   * means a process group.
   *
   * @param {number} pid
   * @param {NodeJS.Signals} signal
   */
  guard(pid, signal) {
    this.#tell({ guard: pid, signal });
  }

  /** The process has ended in order. @param {number} pid */
  release(pid) {
    this.#tell({ release: pid });
  }

  /** Removes a file or directory when this process ends, after what is guarded has ended. @param {string} path */
  removeAtEnd(path) {
    this.#tell({ remove: path });
  }

  /** What was to be removed is removed already, or is to stay. @param {string} path */
  forget(path) {
    this.#tell({ forget: path });
  }

  /** @param {object} message */
  #tell(message) {
    this.#child ??= start();
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}

function start() {
  const child = spawn(process.execPath, [PROGRAM], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  // A pipe to a child is a socket; it must not keep this process alive.
  /** @type {import('node:net').Socket} */ (/** @type {unknown} */ (child.stdin)).unref();
  return child;
}

/** The keeper of this process. */
export const keeper = new Keeper();
