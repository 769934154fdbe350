import { type KeyId, type TenantId } from '@personr/kernel';
import { assertLabels, growBranch, type GrownBranch, keysByLabel, missingIn } from './grow-branch.js';
import { type KeyStore } from './key-store.js';
import { findBranch } from './keys.repository.js';
import { withRoot } from './open-root.js';
import { unknownTenant } from './roots.repository.js';
import { type Owner } from './vault.js';

/** Keeps the promise of `Vault.keysFor`. The root is read only when a key has to be made. */
export async function keysFor(
  { database, keyring, clock }: KeyStore,
  tenantId: TenantId,
  owner: Owner,
  labels: readonly string[],
): Promise<ReadonlyMap<string, KeyId>> {
  assertLabels(labels);
  return database.forTenant(tenantId, 'SHARED', async (tx) => {
    const branch = await findBranch(tx, owner, labels);
    if (branch === null) throw unknownTenant();
    if (missingIn(branch, { labels }).length === 0) return keysFrom(branch, labels);
    const wanted = { owner, labels, at: clock.now(), expiresAt: null };
    return withRoot(tx, keyring, branch.rootId, async (root) =>
      keysFrom(await growBranch(tx, root, wanted, branch), labels),
    );
  });
}

/** Of these labels only: a pack holds others beside them. */
function keysFrom(branch: Pick<GrownBranch, 'packs'>, labels: readonly string[]): Map<string, KeyId> {
  const keys = keysByLabel(branch);
  return new Map([...keys].filter(([label]) => labels.includes(label)));
}
