import { Worker } from 'node:worker_threads';

/**
 * Watches from a thread of its own, so also while this one computes: kills this process, at once and for good, when
 * it holds more memory than it may or when the process that started it is gone.
 */
export function watch(mostMiB: number): void {
  new Worker(WATCHING, { eval: true, workerData: mostMiB * 2 ** 20 }).unref();
}

const WATCHING = `
  const { workerData } = require('node:worker_threads');
  const parent = process.ppid;
  setInterval(() => {
    if (process.memoryUsage.rss() > workerData || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 25);
`;
