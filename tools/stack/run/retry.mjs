import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const WAITS_MS = [2_000, 10_000];

/**
 * Tries up to three times, with growing pauses: networks fail for a moment.
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
    } catch {
      say(`${what} failed; trying again in ${waitMs / 1000} s`);
      await sleep(waitMs);
    }
  }
  return work();
}
