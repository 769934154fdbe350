import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ephemeralDirectory, removeDirectory } from '../src/directory.mjs';
import { CommandError } from './command-error.mjs';
import { runTool } from './command.mjs';
import { say } from './say.mjs';
import { ensureTokenLibrary } from './tokens.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/**
 * Runs jest, once, over every project, shows what it says, and counts. A file that cannot be run counts as one
 * failed test, and so does a run without a result.
 *
 * @param {readonly string[]} args
 * @returns {Promise<Tally>}
 */
export async function runTests(args) {
  await ensureTokenLibrary();
  const directory = ephemeralDirectory('jest');
  const outputFile = join(directory, 'result.json');
  try {
    await runTool('jest', ['--ci', '--maxWorkers=2', '--json', `--outputFile=${outputFile}`, ...args], {
      isShownAsErrors: true,
    });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
  }
  const tally = count(outputFile);
  removeDirectory(directory);
  return tally;
}

/** @param {string} outputFile @returns {Tally} */
function count(outputFile) {
  try {
    const result = JSON.parse(readFileSync(outputFile, 'utf8'));
    sayWhatWasSkipped(result);
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    say('jest left no result; what it printed above says why.');
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * @param {{ testResults: { name: string, assertionResults: { status: string, fullName: string }[] }[] }} result
 */
function sayWhatWasSkipped({ testResults }) {
  for (const { name, assertionResults } of testResults) {
    for (const { status, fullName } of assertionResults) {
      if (status !== 'passed' && status !== 'failed') say(`skipped (${status}): ${fullName}, in ${name}`);
    }
  }
}
