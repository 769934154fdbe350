import { join } from 'node:path';
import { ephemeralDirectory, makeDirectory, removeDirectory } from './directory.mjs';
import { keeper } from './keeper.mjs';
import { takeLock } from './lock-file.mjs';
import { StackError } from './stack-error.mjs';

/**
 * @typedef {object} State A state directory in use by this run, and what to undo when it ends.
 * @property {string} directory
 * @property {boolean} isEphemeral
 * @property {(act: () => unknown) => void} atClose Acts run in reverse order, each once, whatever the others do.
 * @property {() => Promise<void>} close Safe to call again: every call waits for the same end.
 */

/**
 * Takes a state directory for this run: the one given, or a fresh one that goes away at the end unless `keep`.
 * Throws `STATE_IN_USE`, `NOT_WRITABLE`, `DISK_FULL`.
 *
 * @param {{ stateDirectory?: string | undefined, keep: boolean }} options
 * @returns {State}
 */
export function openState({ stateDirectory, keep }) {
  const isEphemeral = stateDirectory === undefined && !keep;
  const directory =
    stateDirectory === undefined ? ephemeralDirectory() : makeDirectory(stateDirectory, 0o711);
  if (keep) keeper.forget(directory);
  /** @type {(() => unknown)[]} */
  const acts = [];
  const lock = takeLock(join(directory, 'lock'));
  if ('holder' in lock) throw inUse(directory, lock.holder.pid);
  acts.push(() => (isEphemeral ? removeDirectory(directory) : lock.release()));
  /** @type {Promise<void> | undefined} */
  let closing;
  return {
    directory,
    isEphemeral,
    atClose: (act) => {
      acts.push(act);
      // Whoever was still starting something when the end came: it is undone after the rest.
      if (closing !== undefined) closing = closing.then(() => undo(acts));
    },
    close: () => (closing ??= undo(acts)),
  };
}

/** @param {(() => unknown)[]} acts */
async function undo(acts) {
  for (let act = acts.pop(); act !== undefined; act = acts.pop()) {
    try {
      await act();
    } catch {
      // What cannot be undone must not keep the rest from being undone; the keeper tries once more.
    }
  }
}

/**
 * @param {string} directory
 * @param {number} pid
 */
const inUse = (directory, pid) =>
  new StackError(
    'STATE_IN_USE',
    `${directory} is in use by process ${pid}; end it, or give this run a state directory of its own.`,
  );
