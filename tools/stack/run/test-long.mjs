import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { CommandError } from './command-error.mjs';
import { runTool } from './command.mjs';

const USAGE = 'npm run test:long -- [--minutes N] [--seed N]   N whole numbers; 10 minutes when left out';

/**
 * Runs in full size what CI runs small: `*.long.spec.ts`. `--minutes 0` with the seed of a failure runs that round alone.
 *
 * @param {string[]} args
 * @returns {Promise<number>} The exit code.
 */
export async function testLong(args) {
  const options = optionsOf(args);
  if (options === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  await build();
  try {
    await runTool('jest', ['--ci', '--runInBand', '--selectProjects', 'long'], {
      isShown: true,
      env: { PERSONR_LONG_MINUTES: options.minutes, PERSONR_LONG_SEED: options.seed },
    });
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.exitCode;
  }
}

/** @param {string[]} args @returns {{ minutes: string, seed: string } | undefined} */
function optionsOf(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  try {
    const { values } = parseArgs({ args, options: { minutes: text, seed: text } });
    const { minutes = '10', seed = '' } = values;
    return /^\d{1,5}$/.test(minutes) && /^\d{0,9}$/.test(seed) ? { minutes, seed } : undefined;
  } catch {
    return undefined;
  }
}
