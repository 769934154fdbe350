import { type OperationEvent } from '@personr/audit';
import { SystemClock } from '@personr/kernel';
import { openTenancy } from '@personr/tenancy';
import { openKeyring } from '@personr/vault';
import { keyringOf, type OwnerEnvironment } from './ops.module.js';
import { tellLogs } from './tell-logs.js';
import { withServers } from './with-servers.js';

/**
 * `keyring found`: makes a replica that is not there a new, empty one, on an operator's word that the old one is lost
 * for good; the next start copies the roots in force to it. `keyring check` says whether all are there. Each tenant's log
 * tells of both. Resolves with 0,
 * or 2 for other words; throws `KEYRING_INCOMPLETE`, `KEYRING_UNSAFE`.
 */
export async function keyring([act, ...rest]: readonly string[]): Promise<number> {
  if ((act !== 'found' && act !== 'check') || rest.length > 0) return 2;
  await withServers(async (environment) => {
    const replicas = openKeyring(keyringOf(environment));
    if (act === 'found') await replicas.found();
    const count = await replicas.check();
    await tell(environment, act === 'found' ? 'keyring.founded' : 'keyring.checked', count);
    console.log(`${count} replicas are there`);
  });
  return 0;
}

async function tell(
  environment: OwnerEnvironment,
  event: OperationEvent['event'],
  replicas: number,
): Promise<void> {
  const tenancy = openTenancy({
    tenantUrl: environment.TENANT_DATABASE_URL,
    relayUrl: environment.RELAY_DATABASE_URL,
    directoryUrl: environment.DIRECTORY_DATABASE_URL,
    poolSize: 1,
  });
  try {
    await tellLogs(tenancy, { event, at: new SystemClock().now(), detail: { replicas } });
  } finally {
    await tenancy.close();
  }
}
