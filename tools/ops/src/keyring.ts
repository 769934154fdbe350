import { openKeyring } from '@personr/vault';
import { keyringOf } from './ops.module.js';
import { withServers } from './with-servers.js';

/**
 * `keyring found`: makes a replica that is not there a new, empty one, on an operator's word that the old one is lost
 * for good; the next start copies the roots in force to it. `keyring check` says whether all are there. Resolves with 0,
 * or 2 for other words; throws `KEYRING_INCOMPLETE`, `KEYRING_UNSAFE`.
 */
export async function keyring([act, ...rest]: readonly string[]): Promise<number> {
  if ((act !== 'found' && act !== 'check') || rest.length > 0) return 2;
  await withServers(async (environment) => {
    const replicas = openKeyring(keyringOf(environment));
    if (act === 'found') await replicas.found();
    console.log(`${await replicas.check()} replicas are there`);
  });
  return 0;
}
