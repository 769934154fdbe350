import { relative } from 'node:path';
import { startStack } from '@personr/stack';
import { keepCredentials, readCredentials, writeShellVariables } from './credentials.js';
import { onboard } from './onboard.js';

const STATE = '.personr';
const BUSINESSES = ['Invented Bank', 'Invented Market'] as const;
const FILES = ['bank.env', 'market.env'] as const;

/** Starts the product in `.personr/` and keeps it running; takes two invented Businesses in the first time. */
export async function start(): Promise<void> {
  const say = (line: string): void => {
    console.error(line);
  };
  const port = process.env.PORT;
  const stack = await startStack({
    stateDirectory: STATE,
    log: say,
    ...(port === undefined ? {} : { port: Number(port) }),
  });
  const kept = readCredentials(stack.stateDirectory);
  const tenants = kept ?? (await onboard(stack.env, BUSINESSES));
  if (kept === null) keepCredentials(stack.stateDirectory, tenants);
  const files = tenants.map((tenant, position) =>
    writeShellVariables(stack.stateDirectory, {
      file: FILES[position] ?? `tenant-${position}.env`,
      apiUrl: stack.apiUrl,
      tenant,
    }),
  );
  say('');
  say(`The product runs at ${stack.apiUrl}`);
  say(`  ready?    curl -s ${stack.apiUrl}/health/ready`);
  say(`  contract  ${stack.apiUrl}/openapi.json`);
  tenants.forEach(({ name }, position) => {
    say(`  ${name.padEnd(16)} source ${relative('.', files[position] ?? '')}`);
  });
  say('The README goes on from there. Ctrl-C ends everything; the data stays in .personr/.');
}
