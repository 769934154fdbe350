#!/usr/bin/env node
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { SystemClock } from '@personr/kernel';
import { readConfig } from './config.js';
import { runVerifier } from './run-verifier.js';

process.exitCode = await runVerifier(process.argv.slice(2), {
  stdin: () => buffer(process.stdin),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  isWatched: process.stderr.isTTY,
  clock: new SystemClock(),
  config: readConfig(),
  ended: async () => {
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  },
});
