import { type KeyId, type TenantId } from '@personr/kernel';
import { type KeyStore } from './key-store.js';
import { type PackId, packIdOf, placeOf } from './pack.js';

/** Keeps the promise of `Vault.gone`: one message begins, locks, reads and ends. */
export async function goneKeys(
  { database }: KeyStore,
  tenantId: TenantId,
  keyIds: readonly KeyId[],
): Promise<KeyId[]> {
  if (keyIds.length === 0) return [];
  const packIds = [...new Set(keyIds.map(packIdOf))];
  const rows = await database.packs(tenantId, packIds);
  const packs = new Map(rows.map((row) => [row.pack_id as PackId, row as LeftPack]));
  return keyIds.filter((keyId) => !isLeft(packs.get(packIdOf(keyId)), placeOf(keyId)));
}

type LeftPack = { readonly places: number; readonly gone: readonly number[] };

const isLeft = (pack: LeftPack | undefined, place: number): boolean =>
  pack !== undefined && place < pack.places && !pack.gone.includes(place + 1);
