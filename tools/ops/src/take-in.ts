import { StackError, startServers } from '@personr/stack';
import { onboard, type OnboardedTenant } from './onboard.js';
import { type OpsEnvironment } from './ops.module.js';
import { readRunning } from './running.js';

/** Where `npm start` and `onboard` keep their state, from the directory they are called in. */
export const STATE = '.personr';

/**
 * Takes in the Business that `args` name, where `npm start` runs, else on servers started for the moment, and
 * prints its credential. Resolves with the exit code: 2 without exactly one name.
 */
export async function takeIn(args: readonly string[]): Promise<number> {
  const [name, ...more] = args.filter((arg) => arg !== '--json');
  if (name === undefined || name.startsWith('-') || name.trim() === '' || more.length > 0) return 2;
  const tenant = await withServers(async (environment) => {
    const [onboarded] = await onboard(environment, [name]);
    return onboarded;
  });
  if (tenant === undefined) return 1;
  console.log(args.includes('--json') ? JSON.stringify(tenant) : asText(tenant));
  return 0;
}

const asText = ({ tenantId, clientId, clientSecret, logOrigin, vkey }: OnboardedTenant): string =>
  [
    `tenant         ${tenantId}`,
    `client id      ${clientId}`,
    `client secret  ${clientSecret}   (shown once)`,
    `log origin     ${logOrigin}`,
    `verifier key   ${vkey}`,
  ].join('\n');

async function withServers<Result>(work: (environment: OpsEnvironment) => Promise<Result>): Promise<Result> {
  const servers = await startServers({ stateDirectory: STATE }).catch((error: unknown) => {
    const running = error instanceof StackError && error.code === 'STATE_IN_USE' ? readRunning(STATE) : null;
    if (running === null) throw error;
    return { env: running, stop: () => Promise.resolve() };
  });
  try {
    return await work(servers.env);
  } finally {
    await servers.stop();
  }
}
