import 'reflect-metadata';
import { isDomainError } from '@personr/kernel';
import { StackError } from '@personr/stack';
import { keyring } from './keyring.js';
import { backup } from './backup.js';
import { logCheck, logKey, logPrune } from './logs.js';
import { restore } from './restore.js';
import { start } from './start.js';
import { sweep } from './sweep.js';
import { takeIn } from './take-in.js';

const USAGE = `npm run ops -- backup DIR               copies the data and the documents, sealed as they rest, into a new directory
npm run ops -- restore DIR [--replace]  puts a backup in place of the data, then does again what was erased since
npm run ops -- drill [DIR] [--json]    restores a backup into a sandbox, tries to read everybody, prints a signed report
npm run ops -- sweep [--json]            looks again for everything that was ever erased, and for what nobody can
                                        open; removes what came back; ends with 1 when it found something
npm run ops -- onboard NAME [--terms FILE.json] [--json]
                                        takes a Business in under the terms of the file, else the standard
                                        ones, and prints its credential, once
npm run ops -- keyring check | found      says whether every replica of the keyring is there; makes a new one of
                                        what is lost for good
npm run ops -- log-key list | rotate | retire
                                        the keys that sign the logs; adds one that signs beside those before it;
                                        ends that overlap
npm run ops -- log-check [--json]       derives every log anew; ends with 1 when one does not hold
npm run ops -- log-prune TENANT [--before PLACE] [--months N]
                                        lets entries go at the end of their retention
npm run ops -- openapi [--write]        compares the contract and its types with the code, or writes them
npm run ops -- specimens DIR [--people N] [--seed S]
                                        writes what invented people would send: pictures, recordings, papers`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number | null>>> = {
  start,
  keyring,
  sweep,
  onboard: takeIn,
  'log-key': logKey,
  'log-check': logCheck,
  'log-prune': logPrune,
  backup,
  restore,
  drill: async (args) => (await import('./drill.js')).drill(args),
  // These need what no other command loads: the api and the generator, the libraries that draw.
  openapi: async (args) => (await import('./openapi.js')).openapi(args),
  specimens: async (args) => (await import('./specimens.js')).specimens(args),
};

/** Runs an operator's command. Resolves with the exit code, or null when it goes on until Ctrl-C. */
async function main([name = '', ...args]: readonly string[]): Promise<number | null> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const code = command === undefined ? 2 : await command(args);
  if (code === 2) console.error(USAGE);
  return code;
}

main(process.argv.slice(2)).then(
  (code) => {
    if (code !== null) process.exit(code);
  },
  (error: unknown) => {
    const known = error instanceof StackError || isDomainError(error);
    console.error(known ? error.message : error);
    process.exit(1);
  },
);
