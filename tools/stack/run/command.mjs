import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { keeper } from '../src/keeper.mjs';
import { CommandError } from './command-error.mjs';
import { inRoot, ROOT } from './root.mjs';

/** @type {Set<number>} Process groups that run for us now. */
const running = new Set();

const PATIENCE_MS = 20_000;
let isEnding = false;

/** Nx without its background process, its screen and its cloud; tools without colour codes in captured output. */
const QUIET = {
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  NX_NO_CLOUD: 'true',
};

/**
 * @typedef {object} CommandOptions
 * @property {NodeJS.ProcessEnv} [env] Added to ours.
 * @property {string} [cwd]
 * @property {boolean} [isShown] Shows its output as it comes: standard output on ours, errors on ours.
 * @property {boolean} [isShownAsErrors] Shows both on standard error.
 */

/**
 * Runs a program in a group of its own and returns what it printed. Throws a `CommandError` when it fails.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, options = {}) {
  const { output, exitCode } = await start(command, args, options);
  if (exitCode === 0) return output;
  throw new CommandError(`${command} ${args.join(' ')} ended with ${exitCode}`, { output, exitCode });
}

/**
 * Runs an installed package's program, `nx` or `typescript#tsc`, with this Node.
 *
 * @param {string} tool
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 */
export function runTool(tool, args, options) {
  const [name = tool, program = name] = tool.split('#');
  const { bin } = JSON.parse(readFileSync(inRoot('node_modules', name, 'package.json'), 'utf8'));
  const script = inRoot('node_modules', name, typeof bin === 'string' ? bin : bin[program]);
  return run(process.execPath, [script, ...args], options);
}

/**
 * Runs a script of this checkout.
 *
 * @param {string} script From the root.
 * @param {readonly string[]} [args]
 * @param {CommandOptions} [options]
 */
export const runScript = (script, args = [], options) =>
  run(process.execPath, [inRoot(script), ...args], options);

/**
 * Hands a signal on to everything that runs for us and resolves when all of it has ended. From then on nothing
 * more is started, and whoever waits for a command waits for ever: the caller exits.
 *
 * @param {NodeJS.Signals} signal
 */
export async function endAll(signal) {
  isEnding = true;
  signalGroups(signal);
  const deadline = performance.now() + PATIENCE_MS;
  while (running.size > 0 && performance.now() < deadline) await sleep(50);
  signalGroups('SIGKILL');
}

/** @param {NodeJS.Signals} signal */
function signalGroups(signal) {
  for (const group of running) {
    try {
      process.kill(-group, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @returns {Promise<{ output: string, exitCode: number }>}
 */
function start(command, args, { env, cwd = ROOT, isShown = false, isShownAsErrors = false }) {
  if (isEnding) return new Promise(() => undefined);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...QUIET, ...env },
    detached: true,
    stdio: ['ignore', ...outputs(isShown, isShownAsErrors)],
  });
  const { pid } = child;
  if (pid !== undefined) {
    running.add(pid);
    keeper.guard(-pid, 'SIGTERM');
  }
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve) => {
    const end = (/** @type {number} */ exitCode) => {
      if (pid !== undefined) {
        running.delete(pid);
        keeper.release(-pid);
      }
      if (!isEnding) resolve({ output, exitCode });
    };
    child.once('error', (error) => {
      output += error.message;
      end(127);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}

/**
 * @param {boolean} isShown
 * @param {boolean} isShownAsErrors
 * @returns {['inherit' | 'pipe' | number, 'inherit' | 'pipe']}
 */
function outputs(isShown, isShownAsErrors) {
  if (isShownAsErrors) return [2, 'inherit'];
  return isShown ? ['inherit', 'inherit'] : ['pipe', 'pipe'];
}
