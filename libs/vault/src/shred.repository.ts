import { type KeyId } from '@personr/kernel';
import { arrayLiteral } from './admission.repository.js';
import { INDEX_LABEL } from './house.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Path, toNode, toPack, toPath } from './keys.repository.js';
import { type RootId } from './keyring.js';
import { keysIn, type Pack, type PackId, packIdOf } from './pack.js';
import { type Owner } from './vault.js';
import { type WrappedNode } from './wrap.js';

export type Dropped = { readonly keyId: KeyId; readonly owner: Owner };

/**
 * Says which of these keys there are, together with the house's that have expired; never the index key. Packs that
 * hold no other key are dropped, and so are the keys' index entries. The rest of a pack is for `repack` to save.
 */
export async function dropKeys(tx: KeyStoreTx, keyIds: readonly KeyId[], now: Date): Promise<Dropped[]> {
  const rows = await tx.query(
    `select pack_id, owner, labels, sealed, expires_at <= $3 as expired from pack
     where tenant_id = $1 and (pack_id = any($2::uuid[]) or expires_at <= $3)`,
    [...new Set(keyIds.map(packIdOf))],
    now,
  );
  const ordered = new Set(keyIds);
  const packs = rows.map((row) => ({ ...toPack(row), expired: row.expired === true }));
  const losing = packs.map((pack) => {
    const keys = keysIn(pack).filter(([label]) => label !== INDEX_LABEL);
    const gone = keys.filter(([, keyId]) => pack.expired || ordered.has(keyId)).map(([, keyId]) => keyId);
    return { pack, gone, isEmptied: gone.length === keysIn(pack).length };
  });
  const dropped = losing.flatMap(({ pack: { owner }, gone }) => gone.map((keyId) => ({ keyId, owner })));
  await dropEntries(tx, dropped);
  await dropPacks(
    tx,
    losing.filter(({ isEmptied }) => isEmptied).map(({ pack }) => pack.packId),
  );
  return dropped;
}

async function dropEntries(tx: KeyStoreTx, dropped: readonly Dropped[]): Promise<void> {
  await tx.query(
    'delete from index_entry where tenant_id = $1 and owner = any($2::uuid[]) and key_id = any($3::uuid[])',
    [...new Set(dropped.map(({ owner }) => owner))],
    dropped.map(({ keyId }) => keyId),
  );
}

async function dropPacks(tx: KeyStoreTx, packIds: readonly PackId[]): Promise<void> {
  await tx.query('delete from pack where tenant_id = $1 and pack_id = any($2::uuid[])', packIds);
}

/** Drops those of these owners' nodes that have no key left. */
export async function dropBareNodes(tx: KeyStoreTx, owners: readonly Owner[]): Promise<void> {
  await tx.query(
    `delete from node n where n.tenant_id = $1 and n.owner = any($2::uuid[])
     and not exists (select from pack p where p.tenant_id = n.tenant_id and p.owner = n.owner)`,
    owners,
  );
}

/** The next nodes after an owner, ascending; from the first when `after` is null. */
export async function nodesAfter(tx: KeyStoreTx, after: Owner | null, count: number): Promise<WrappedNode[]> {
  const rows = await tx.query(
    `select owner, root_id, key_version, wrapped_key as node_key from node
     where tenant_id = $1 and ($2::uuid is null or owner > $2) order by owner limit $3`,
    after,
    count,
  );
  return rows.map(toNode);
}

/** Every pack of these owners, of every generation. */
export async function packsOf(tx: KeyStoreTx, owners: readonly Owner[]): Promise<Pack[]> {
  if (owners.length === 0) return [];
  const rows = await tx.query(
    'select owner, pack_id, labels, sealed from pack where tenant_id = $1 and owner = any($2::uuid[])',
    owners,
  );
  return rows.map(toPack);
}

/** Stores nodes that have been wrapped anew. */
export async function updateNodes(
  tx: KeyStoreTx,
  rootId: RootId,
  nodes: readonly WrappedNode[],
): Promise<void> {
  await tx.query(
    `update node n set root_id = $2, key_version = new.key_version, wrapped_key = new.wrapped_key
     from unnest($3::uuid[], $4::int[], $5::bytea[]) as new (owner, key_version, wrapped_key)
     where n.tenant_id = $1 and n.owner = new.owner`,
    rootId,
    nodes.map((node) => node.owner),
    nodes.map((node) => node.keyVersion),
    nodes.map((node) => node.wrapped),
  );
}

/** Stores packs that have been sealed anew. */
export async function updatePacks(tx: KeyStoreTx, packs: readonly Pack[]): Promise<void> {
  if (packs.length === 0) return;
  await tx.query(
    `update pack p set labels = new.labels::text[], sealed = new.sealed
     from unnest($2::uuid[], $3::text[], $4::bytea[]) as new (pack_id, labels, sealed)
     where p.tenant_id = $1 and p.pack_id = new.pack_id`,
    packs.map((pack) => pack.packId),
    packs.map((pack) => arrayLiteral(pack.labels)),
    packs.map((pack) => pack.sealed),
  );
}

/** Packs with their nodes to prove a root by: of the first and the last `count` nodes, and of these owners. */
export async function samplePaths(tx: KeyStoreTx, owners: readonly Owner[], count: number): Promise<Path[]> {
  const rows = await tx.query(
    `with sample as (
       (select owner from node where tenant_id = $1 order by owner limit $3)
       union (select owner from node where tenant_id = $1 order by owner desc limit $3)
       union select unnest($2::uuid[])
     )
     select n.owner, n.root_id, n.key_version, n.wrapped_key as node_key, p.pack_id, p.labels, p.sealed
     from sample join node n using (owner) join pack p using (tenant_id, owner) where n.tenant_id = $1`,
    owners,
    count,
  );
  return rows.map(toPath);
}
