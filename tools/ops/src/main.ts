import 'reflect-metadata';
import { isDomainError } from '@personr/kernel';
import { StackError, startServers } from '@personr/stack';
import { onboard } from './onboard.js';
import { start } from './start.js';

const USAGE = `npm run ops -- onboard NAME [--json]   takes a Business in and prints its credential, once`;

/** Runs an operator's command. Resolves with the exit code. */
async function main([command, ...rest]: readonly string[]): Promise<number | null> {
  if (command === 'start') {
    await start();
    return null;
  }
  if (command === 'onboard') return takeIn(rest);
  console.error(USAGE);
  return 2;
}

/** Works on the servers of `.personr/`, or on those that the environment names; not while `npm start` runs on them. */
async function takeIn(args: readonly string[]): Promise<number> {
  const name = args.find((arg) => !arg.startsWith('--'));
  if (name === undefined) {
    console.error(USAGE);
    return 2;
  }
  const servers = await startServers({ stateDirectory: '.personr' });
  try {
    const [tenant] = await onboard(servers.env, [name]);
    if (tenant === undefined) return 1;
    if (args.includes('--json')) console.log(JSON.stringify(tenant));
    else {
      console.log(`tenant         ${tenant.tenantId}\nclient id      ${tenant.clientId}`);
      console.log(`client secret  ${tenant.clientSecret}   (shown once)`);
      console.log(`log origin     ${tenant.logOrigin}\nverifier key   ${tenant.vkey}`);
    }
    return 0;
  } finally {
    await servers.stop();
  }
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
