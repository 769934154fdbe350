import { constants } from 'node:os';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * On Ctrl-C and its kin, runs `act` once and then exits as the shell expects (128 + signal). Returns what takes
 * the handlers away again.
 *
 * @param {() => Promise<unknown>} act
 */
export function endOnSignal(act) {
  let isEnding = false;
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    if (isEnding) return;
    isEnding = true;
    const exit = () => process.exit(128 + constants.signals[signal]);
    void act().then(exit, exit);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}
