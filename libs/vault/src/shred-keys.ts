import { isDomainError, type InstructionId, type KeyId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { readLedger } from './roots.repository.js';
import { rotateRoot, type RotationOrder } from './rotate-root.js';
import { settleRoots } from './settle-roots.js';
import { type Owner, type Shredding } from './vault.js';

const ATTEMPTS = 3;

/** The written order that a shredding obeys. */
export type ShredReason = { readonly instructionId: InstructionId };

/** Keeps the promise of `Vault.shred`. */
export async function shredKeys(
  store: KeyStore,
  tenantId: TenantId,
  keyIds: readonly KeyId[],
  { instructionId }: ShredReason,
): Promise<Shredding> {
  const rekeyed = await rotate(store, tenantId, { keyIds, instructionId });
  return store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    await settleRoots(store, tx, rekeyed);
    return readLedger(tx, instructionId);
  });
}

/** Keeps the promise of `Vault.sweep`. */
export async function sweepKeys(store: KeyStore, tenantId: TenantId): Promise<{ rootsDestroyed: number }> {
  const rekeyed = await rotate(store, tenantId, { keyIds: [], instructionId: null });
  const rootsDestroyed = await store.database.forTenant(tenantId, 'EXCLUSIVE', (tx) =>
    settleRoots(store, tx, rekeyed),
  );
  return { rootsDestroyed };
}

/**
 * Rotates in a transaction of its own. When the key store does not answer, the outcome is unknown: the next
 * attempt waits for the lock, reads what is there and does what is left.
 */
async function rotate(store: KeyStore, tenantId: TenantId, order: RotationOrder): Promise<Owner[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.database.forTenant(tenantId, 'EXCLUSIVE', (tx) => rotateRoot(store, tx, order));
    } catch (error) {
      if (!isDomainError(error, 'SERVICE_UNAVAILABLE') || attempt === ATTEMPTS) throw error;
    }
  }
}
