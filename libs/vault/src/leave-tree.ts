import { type InstructionId, type KeyId, type TenantId } from '@personr/kernel';
import { endDays } from './end-days.js';
import { retryWhenFull } from './grow-owners.js';
import { moveHeld } from './move-held.js';
import { type KeyStore } from './key-store.js';
import { readShreddings, writeLeft } from './ledger.repository.js';
import { findRoots, leaveRoot, touchRoot, unknownTenant } from './roots.repository.js';
import { settleRoots } from './settle-roots.js';
import { type Shredding } from './vault.erasure.js';

/** By which instruction, and which keys are held back. */
export type LeaveOrder = {
  readonly instructionId: InstructionId;
  readonly keep?: readonly KeyId[] | undefined;
};

/**
 * Keeps the promise of `Vault.leave`: whatever the tree holds, one row changes and one root is destroyed. What is held
 * back moves into the other tree first, and before that the keys of its days go from there.
 */
export async function leaveTree(
  store: KeyStore,
  tenantId: TenantId,
  { instructionId, keep = [] }: LeaveOrder,
): Promise<Shredding> {
  const isHere = await store.database.forTenant(tenantId, 'SHARED', async (tx) =>
    (await findRoots(tx)).some(({ tree, opened, left }) => tree === 'SUBJECTS' && opened && !left),
  );
  if (isHere) await endDays(store, tenantId);
  await retryWhenFull(store, tenantId, () =>
    store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
      const at = store.clock.now();
      const row = (await findRoots(tx)).find(({ tree }) => tree === 'SUBJECTS');
      if (!row?.opened) throw unknownTenant();
      await writeLeft(tx, instructionId, at);
      if (row.left) {
        await touchRoot(tx);
        return;
      }
      await moveHeld(store, tx, keep);
      await leaveRoot(tx, row, at);
    }),
  );
  return settleRoots(store, tenantId, new Map(), async (tx) => {
    const shreddings = await readShreddings(tx, [instructionId]);
    const shredding = shreddings.get(instructionId);
    if (shredding === undefined) throw unknownTenant();
    return shredding;
  });
}
