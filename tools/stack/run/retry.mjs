import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from './command-error.mjs';
import { say } from './say.mjs';

/** What npm says of a command it cannot obey: the lock does not fit package.json. */
const NOT_THE_NETWORK = 'EUSAGE';
const WAITS_MS = [2_000, 10_000];

/**
 * Tries up to three times, with growing pauses: networks fail for a moment. A refusal that no network can mend
 * is not tried again.
 *
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function retried(what, work) {
  for (const waitMs of WAITS_MS) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof CommandError && error.output.includes(NOT_THE_NETWORK)) throw error;
      say(`${what} failed; trying again in ${waitMs / 1000} s`);
      await sleep(waitMs);
    }
  }
  return work();
}
