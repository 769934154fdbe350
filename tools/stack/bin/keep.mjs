// The keeper's process: see src/keeper.mjs. Reads lines from its parent; acts when the parent is gone.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { birthOf, isAlive } from '../src/process-birth.mjs';

const PATIENCE_MS = 10_000;

/** @type {Map<number, { signal: NodeJS.Signals, birth: string | undefined }>} */
const guarded = new Map();
/** @type {Set<string>} */
const remove = new Set();

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => undefined);

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.guard !== undefined) {
    guarded.set(message.guard, { signal: message.signal, birth: birthOf(message.guard) });
  }
  if (message.release !== undefined) guarded.delete(message.release);
  if (message.remove !== undefined) remove.add(message.remove);
  if (message.forget !== undefined) remove.delete(message.forget);
}

const living = () => [...guarded].filter(([pid, { birth }]) => isAlive(pid) && birthOf(pid) === birth);

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone between the look and the signal.
  }
}

for (const [pid, { signal }] of living()) {
  signalTo(pid, signal);
  signalTo(pid, 'SIGCONT');
}
const deadline = Date.now() + PATIENCE_MS;
while (living().length > 0 && Date.now() < deadline) await sleep(50);
for (const [pid] of living()) signalTo(pid, 'SIGKILL');
while (living().length > 0 && Date.now() < deadline + PATIENCE_MS) await sleep(50);
for (const path of remove) {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch {
    // Nobody is left to be told.
  }
}
