import { removeDirectory } from '@personr/stack';

/** Jest's globalTeardown: ends what `start-servers.mjs` started and removes every directory of the run. */
export default async function stopTestServers() {
  const { personrTestServers = [] } =
    /** @type {{ personrTestServers?: import('@personr/stack').Server[] }} */ (globalThis);
  await Promise.allSettled(personrTestServers.map((server) => server.stop()));
  const directory = process.env.PERSONR_TEST_DIRECTORY;
  if (directory !== undefined) removeDirectory(directory);
}
