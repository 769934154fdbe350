import { type KeyId, type TenantId } from '@personr/kernel';
import { groupBy } from './group-by.js';
import { type KeyStore } from './key-store.js';
import { type PackId, packIdOf, placeOf } from './pack.js';

/** Keeps the promise of `Vault.gone`: one message begins, locks, reads and ends. */
export const goneKeys = (store: KeyStore, tenantId: TenantId, keyIds: readonly KeyId[]): Promise<KeyId[]> =>
  keysNotIn(store, tenantId, { keyIds, isIn: isLeft });

/** Keeps the promise of `Vault.closed`, in one message too. */
export const closedKeys = (store: KeyStore, tenantId: TenantId, keyIds: readonly KeyId[]): Promise<KeyId[]> =>
  keysNotIn(store, tenantId, {
    keyIds,
    isIn: (pack, place) => isLeft(pack, place) && pack?.is_closed !== true,
  });

async function keysNotIn(
  { database }: KeyStore,
  tenantId: TenantId,
  { keyIds, isIn }: { readonly keyIds: readonly KeyId[]; readonly isIn: typeof isLeft },
): Promise<KeyId[]> {
  if (keyIds.length === 0) return [];
  const byPack = groupBy(keyIds, packIdOf);
  const rows = await database.packs(tenantId, [...byPack.keys()]);
  const packs = new Map(rows.map((row) => [row.pack_id as PackId, row as LeftPack]));
  return [...byPack].flatMap(([packId, ids]) => {
    const pack = packs.get(packId);
    return ids.filter((keyId) => !isIn(pack, placeOf(keyId)));
  });
}

type LeftPack = { readonly places: number; readonly gone: readonly number[]; readonly is_closed: boolean };

const isLeft = (pack: LeftPack | undefined, place: number): boolean =>
  pack !== undefined && place < pack.places && !pack.gone.includes(place + 1);
