import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDirectory } from '../src/directory.mjs';
import { takeLock } from '../src/lock-file.mjs';
import { STATE } from './root.mjs';
import { say } from './say.mjs';

/**
 * Does `work` while no other run in this checkout does the same: two that install or build at once would write
 * the same files.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(name, work) {
  const path = join(makeDirectory(STATE, 0o711), `${name}.lock`);
  let hasSaid = false;
  for (;;) {
    const lock = takeLock(path);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (!hasSaid) say(`Waiting for process ${lock.holder.pid} to finish its ${name} in this checkout`);
    hasSaid = true;
    await sleep(200);
  }
}
