import { type KeyId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { keysIn, type PackId, packIdOf } from './pack.js';

/** Keeps the promise of `Vault.gone`: one message begins, locks, reads and ends. */
export async function goneKeys(
  { database }: KeyStore,
  tenantId: TenantId,
  keyIds: readonly KeyId[],
): Promise<KeyId[]> {
  if (keyIds.length === 0) return [];
  const packIds = [...new Set(keyIds.map(packIdOf))];
  const rows = await database.packs(tenantId, packIds);
  const living = new Set(
    rows.flatMap((row) =>
      keysIn({ packId: row.pack_id as PackId, labels: row.labels as string[] }).map(([, keyId]) => keyId),
    ),
  );
  return keyIds.filter((keyId) => !living.has(keyId));
}
