import { type InstructionId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { readShreddings, writeLeft } from './ledger.repository.js';
import { findRoots, leaveRoot, touchRoot, unknownTenant } from './roots.repository.js';
import { settleRoots } from './settle-roots.js';
import { type Shredding } from './vault.erasure.js';

/** Keeps the promise of `Vault.leave`: whatever the tree holds, one row changes and one root is destroyed. */
export async function leaveTree(
  store: KeyStore,
  tenantId: TenantId,
  instructionId: InstructionId,
): Promise<Shredding> {
  await store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    const at = store.clock.now();
    const row = (await findRoots(tx)).find(({ tree }) => tree === 'SUBJECTS');
    if (!row?.opened) throw unknownTenant();
    await writeLeft(tx, instructionId, at);
    if (row.left) await touchRoot(tx);
    else await leaveRoot(tx, row, at);
  });
  return store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    await settleRoots(store, tx, new Map());
    const shreddings = await readShreddings(tx, [instructionId]);
    const shredding = shreddings.get(instructionId);
    if (shredding === undefined) throw unknownTenant();
    return shredding;
  });
}
