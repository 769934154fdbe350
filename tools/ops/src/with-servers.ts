import { StackError, startServers } from '@personr/stack';
import { type OwnerEnvironment } from './ops.module.js';
import { readRunning } from './running.js';

/** Where `npm start` and the commands keep their state, from the directory they are called in. */
export const STATE = '.personr';

/** Works on the servers of the product that runs here, else on servers started for the moment and stopped again. */
export async function withServers<Result>(
  work: (environment: OwnerEnvironment) => Promise<Result>,
): Promise<Result> {
  const servers = await startOwn().catch((error: unknown) => {
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

async function startOwn(): Promise<{ env: OwnerEnvironment; stop: () => Promise<void> }> {
  const servers = await startServers({ stateDirectory: STATE });
  return { env: { ...servers.env, DATA_OWNER_URL: servers.dataOwnerUrl }, stop: () => servers.stop() };
}
