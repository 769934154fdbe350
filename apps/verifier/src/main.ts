#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { runVerifier } from './run-verifier.js';

const read = async (file: string): Promise<string> =>
  new TextDecoder('utf-8', { fatal: true }).decode(
    file === '-' ? await buffer(process.stdin) : await readFile(file),
  );

process.exitCode = await runVerifier(process.argv.slice(2), {
  read,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
