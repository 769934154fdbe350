import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { keeper } from './keeper.mjs';
import { fileError } from './stack-error.mjs';

/**
 * @typedef {object} Launch
 * @property {string} command
 * @property {readonly string[]} args
 * @property {string} logFile Everything the process prints is added to it.
 * @property {NodeJS.ProcessEnv} env
 * @property {string} [cwd]
 * @property {{ uid: number, gid: number }} [user] Who to run as; only root may choose.
 * @property {NodeJS.Signals} endSignal What asks it to end in order.
 * @property {string} [input] Written to its standard input, which is then closed; without it the pipe stays open.
 */

/**
 * Starts a process in a group of its own, so that Ctrl-C reaches only us, without core dumps, and guarded: it
 * ends when we do.
 *
 * @param {Launch} launch
 */
export function launch({ command, args, logFile, env, cwd, user, endSignal, input }) {
  const log = openLog(logFile);
  const before = fstatSync(log).size;
  const child = spawn('/bin/sh', ['-c', 'ulimit -c 0; exec "$@"', 'sh', command, ...args], {
    detached: true,
    env,
    ...(cwd === undefined ? {} : { cwd }),
    ...user,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  child.stdin?.on('error', () => undefined);
  if (input !== undefined) child.stdin?.end(input);
  if (child.pid !== undefined) keeper.guard(child.pid, endSignal);
  return new Child(child, { logFile, before, endSignal });
}

/** @param {string} logFile */
function openLog(logFile) {
  try {
    return openSync(logFile, 'a', 0o600);
  } catch (error) {
    throw fileError(error, logFile);
  }
}

/** A process we started. */
export class Child {
  /** @type {string | undefined} Why it ended, in words; undefined while it runs. */
  ended;

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {{ logFile: string, before: number, endSignal: NodeJS.Signals }} options `before`: the log's size at the start
   */
  constructor(child, { logFile, before, endSignal }) {
    this.pid = child.pid ?? 0;
    this.logFile = logFile;
    this.before = before;
    this.endSignal = endSignal;
    this.stopping = false;
    /** Resolves, with why it ended, when it has. @type {Promise<string>} */
    this.exit = new Promise((resolve) => {
      const end = (/** @type {string} */ reason) => {
        this.ended ??= reason;
        if (child.pid !== undefined) keeper.release(child.pid);
        resolve(this.ended);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal === null ? `exit ${code}` : `signal ${signal}`));
    });
    this.kill = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  }

  /**
   * Ends it in order, and by force after `patienceMs`. Resolves when it has ended; safe to call again.
   *
   * @param {number} [patienceMs]
   */
  async stop(patienceMs = 10_000) {
    this.stopping = true;
    if (this.ended !== undefined) return;
    this.kill(this.endSignal);
    this.kill('SIGCONT');
    const force = setTimeout(() => this.kill('SIGKILL'), patienceMs);
    await this.exit;
    clearTimeout(force);
  }

  /** The last lines that this process, and none before it, has printed. */
  said(count = 8) {
    return lastLines(this.logFile, count, this.before);
  }
}

/**
 * @param {string} logFile
 * @param {number} count
 * @param {number} from
 */
function lastLines(logFile, count, from) {
  try {
    return readFileSync(logFile)
      .subarray(from)
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .slice(-count)
      .join('\n');
  } catch {
    return '';
  }
}
