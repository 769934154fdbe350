import { type KeyId, type TenantId } from '@personr/kernel';
import { DAILY_PREFIX } from './day-keys.js';
import { type KeyStore } from './key-store.js';
import { type KeyStoreTx } from './key-store.database.js';
import { keysIn } from './pack.js';
import { rotateRoots } from './rotate-root.js';
import { settleRoots } from './settle-roots.js';
import { toPack } from './tree-reading.js';

/**
 * Destroys the keys of days before they have expired: no hash that was made with one can be confirmed any more, from any
 * copy. Whoever asks for one after that gets another. Safe to call again after any failure.
 */
export async function endDays(store: KeyStore, tenantId: TenantId): Promise<void> {
  const rotated = await store.database.forTenant(tenantId, 'EXCLUSIVE', async (tx) => {
    const keyIds = await dailyKeys(tx);
    return rotateRoots(store, tx, [{ instructionId: null, keyIds }]);
  });
  await settleRoots(store, tenantId, rotated, () => undefined);
}

async function dailyKeys(tx: KeyStoreTx): Promise<KeyId[]> {
  const rows = await tx.query(
    'select pack_id, owner, labels, sealed from pack where tenant_id = $1 and expires_at is not null',
  );
  return rows
    .flatMap((row) => keysIn(toPack(row)))
    .flatMap(([label, keyId]) => (label.startsWith(DAILY_PREFIX) ? [keyId] : []));
}
