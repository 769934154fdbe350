import { isDomainError, type InstructionId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { readShreddings } from './ledger.repository.js';
import { rotateRoots, type Rotated, type ShredOrder } from './rotate-root.js';
import { type Settled, settleRoots } from './settle-roots.js';
import { type Shredding } from './vault.erasure.js';

const ATTEMPTS = 3;

/** Keeps the promise of `Vault.shredAll`. */
export async function shredKeys(
  store: KeyStore,
  tenantId: TenantId,
  orders: readonly ShredOrder[],
): Promise<Map<InstructionId, Shredding>> {
  const rotated = await rotate(store, tenantId, orders);
  return settleRoots(store, tenantId, rotated, (tx) =>
    readShreddings(
      tx,
      orders.map(({ instructionId }) => instructionId),
    ),
  );
}

/** Keeps the promise of `Vault.sweep`. */
export async function sweepKeys(store: KeyStore, tenantId: TenantId): Promise<Settled> {
  const rotated = await rotate(store, tenantId, []);
  return settleRoots(store, tenantId, rotated, (_, settled) => settled);
}

/**
 * Rotates in a transaction of its own. When the key store does not answer, the outcome is unknown: the next
 * attempt waits for the lock, reads what is there and does what is left.
 */
async function rotate(store: KeyStore, tenantId: TenantId, orders: readonly ShredOrder[]): Promise<Rotated> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await store.database.forTenant(tenantId, 'EXCLUSIVE', (tx) => rotateRoots(store, tx, orders));
    } catch (error) {
      if (!isDomainError(error, 'SERVICE_UNAVAILABLE') || attempt === ATTEMPTS) throw error;
    }
  }
}
