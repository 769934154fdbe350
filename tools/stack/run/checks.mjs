import { existsSync } from 'node:fs';
import { alone } from './alone.mjs';
import { nxRunMany } from './build.mjs';
import { CommandError } from './command-error.mjs';
import { runScript, runTool } from './command.mjs';
import { inRoot } from './root.mjs';
import { say, seconds } from './say.mjs';

const GRAPH = inRoot('.nx', 'project-graph.json');
const CLIENT_CHECK = 'tools/stack/bin/check-openapi.mjs';

// The linter would tell its makers that it ran, and ask them for news of itself.
const OFFLINE = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };

/** @typedef {{ name: string, work: () => Promise<unknown> }} Step */

/** What the others need: generated code to type against, and a graph for the lint rule on rooms. @type {Step[]} */
const FIRST = [
  { name: 'generate', work: () => alone('build', () => nxRunMany('generate')) },
  { name: 'graph', work: () => runTool('nx', ['graph', `--file=${GRAPH}`]) },
];

/** @returns {Step[]} */
const parallel = () => [
  { name: 'lint', work: () => runTool('eslint', ['.', '--max-warnings', '0']) },
  { name: 'types', work: () => runTool('typescript#tsc', ['-p', 'tsconfig.json']) },
  {
    name: 'format',
    work: () =>
      runTool('prettier', [
        '--check',
        '--log-level=warn',
        '--cache',
        '--cache-location=.nx/prettier-cache',
        '.',
      ]),
  },
  { name: 'floors', work: () => runScript('tools/floors/check.mjs', [GRAPH]) },
  {
    name: 'contract',
    work: () => runTool('@redocly/cli#redocly', ['lint', 'libs/client/openapi.json'], { env: OFFLINE }),
  },
  ...(existsSync(inRoot(CLIENT_CHECK)) ? [{ name: 'client', work: () => runScript(CLIENT_CHECK) }] : []),
];

/** Runs every check, two at a time, and returns the names of those that failed. @returns {Promise<string[]>} */
export async function runChecks() {
  /** @type {string[]} */
  const failed = [];
  for (const step of FIRST) await check(step, failed);
  const waiting = parallel();
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await check(step, failed);
  };
  await Promise.all([worker(), worker()]);
  return failed;
}

/**
 * @param {Step} step
 * @param {string[]} failed
 */
async function check({ name, work }, failed) {
  const startedAt = performance.now();
  try {
    await work();
    say(`${name.padEnd(9)} ok      ${seconds(startedAt)}`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    failed.push(name);
    say(`${name.padEnd(9)} FAILED  ${seconds(startedAt)}\n${error.output.trimEnd()}\n`);
  }
}
