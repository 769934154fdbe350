import { constants } from 'node:os';
import { CommandError } from './command-error.mjs';
import { endAll, run } from './command.mjs';
import { parentOf } from '../src/process-birth.mjs';
import { build } from './build.mjs';
import { runChecks } from './checks.mjs';
import { ensureInstalled } from './install.mjs';
import { ensureRedis } from './redis.mjs';
import { inRoot } from './root.mjs';
import { say } from './say.mjs';
import { runTests } from './tests.mjs';
import { testLong } from './test-long.mjs';

/** @typedef {(args: string[]) => Promise<number>} Command Returns the exit code. */

/** @type {Record<string, Command>} */
const COMMANDS = {
  build: async () => {
    await build();
    return 0;
  },
  check: async () => ((await runChecks()).length === 0 ? 0 : 1),
  test,
  'test:long': testLong,
  demo: program('tools/demo/dist/main.js'),
  bench: program('tools/bench/dist/main.js'),
  attack: program('tools/attack/dist/main.js'),
  ops: program('tools/ops/dist/main.js'),
  start: program('tools/ops/dist/main.js', 'start'),
};

const NEEDS_SERVERS = new Set(['test', 'test:long', 'demo', 'bench', 'attack', 'ops', 'start']);

/**
 * Does one npm script of the root and ends this process with its exit code.
 *
 * @param {string[]} argv
 */
export async function main([name = '', ...args]) {
  passSignalsOn();
  endWithNpm();
  const command = COMMANDS[name];
  if (command === undefined) {
    say(`There is no command "${name}"; there are ${Object.keys(COMMANDS).join(', ')}.`);
    process.exit(2);
  }
  try {
    await ensureInstalled();
    if (NEEDS_SERVERS.has(name)) await ensureRedis();
    process.exitCode = await command(args);
  } catch (error) {
    process.exitCode = explain(error);
  }
  process.exit();
}

/**
 * A program that starts the stack itself.
 *
 * @param {string} path
 * @param {string[]} first
 * @returns {Command}
 */
function program(path, ...first) {
  return async (args) => {
    await build();
    try {
      await run(process.execPath, ['--enable-source-maps', inRoot(path), ...first, ...args], {
        isShown: true,
      });
      return 0;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return error.exitCode;
    }
  };
}

/** @type {Command} */
async function test(args) {
  const failedSteps = await runChecks();
  await build().catch((error) => {
    explain(error);
    failedSteps.push('build');
  });
  const { passed, failed, skipped } = await runTests(args);
  if (failedSteps.length > 0) say(`failed before the tests, each counted as one: ${failedSteps.join(', ')}`);
  const allFailed = failed + failedSteps.length;
  process.stdout.write(`${passed} passed, ${allFailed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  return allFailed === 0 && passed > 0 ? 0 : 1;
}

/** @param {unknown} error @returns {number} The exit code. */
function explain(error) {
  if (error instanceof CommandError) say(`${error.output.trimEnd()}\n${error.message}`);
  else if (error instanceof Error && 'code' in error) say(error.message);
  else say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

/** Ctrl-C reaches us from the terminal and once more from npm; what runs for us is told once. */
function passSignalsOn() {
  let isEnding = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (isEnding) return;
      isEnding = true;
      void endAll(signal).then(() => process.exit(128 + constants.signals[signal]));
    });
  }
}

/**
 * npm killed outright tells us nothing; that a parent has changed does. Between npm and us stands a shell, which
 * lives on when npm is killed.
 */
function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parents = () => `${process.ppid} ${parentOf(process.ppid) ?? ''}`;
  const atStart = parents();
  setInterval(() => {
    if (parents() !== atStart) process.kill(process.pid, 'SIGTERM');
  }, 1_000).unref();
}
