// Loaded into a process that is looked into (NODE_OPTIONS=--import=...): at SIGWINCH it collects all garbage and says on
// standard error what is left, in bytes.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

process.on('SIGWINCH', () => {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  process.stderr.write(`retained ${String(heapUsed + arrayBuffers)}\n`);
});
