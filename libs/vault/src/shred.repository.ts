import { type KeyId } from '@personr/kernel';
import { type KeyStoreTx } from './key-store.database.js';
import { arrayLiteral } from './growth.repository.js';
import { type Node } from './node.js';
import { HOUSE_PREFIX } from './grow-owner.js';
import { NOTE_SHREDDED, type Shredded, shreddedColumns } from './ledger.repository.js';
import { INDEX_LABEL } from './open-index.js';
import { keysIn, type Pack, type PackId, packIdOf } from './pack.js';
import { FOUND, nodeOf, packsOf, readingOf, toPack, toReadings, type TreeReading } from './tree-reading.js';
import { type Owner, type Tree } from './vault.js';

export type Dropped = { readonly keyId: KeyId; readonly owner: Owner };

/** Keys to drop: `own` are the tenant's own, of which no instruction disposes. */
export type DropOrder = { readonly keyIds: readonly KeyId[]; readonly own: readonly KeyId[] };

/** Keys that are to go, and the packs that hold no other. */
export type Doomed = { readonly keys: readonly Dropped[]; readonly packIds: readonly PackId[] };

/** Says which of these keys there are, together with the house's that have expired; never the key of the index's MACs. */
export async function findDoomed(tx: KeyStoreTx, { keyIds, own }: DropOrder, now: Date): Promise<Doomed> {
  const rows = await tx.query(
    `select pack_id, owner, labels, sealed, expires_at <= $3 as expired from pack
     where tenant_id = $1 and (pack_id = any($2::uuid[]) or expires_at <= $3)`,
    [...new Set([...keyIds, ...own].map(packIdOf))],
    now,
  );
  const ordered = new Set(keyIds);
  const ownOrdered = new Set(own);
  const losing = rows.map((row) => {
    const pack = toPack(row);
    const mayGo = ([label, keyId]: [string, KeyId]): boolean =>
      label.startsWith(HOUSE_PREFIX)
        ? label !== INDEX_LABEL && (row.expired === true || ownOrdered.has(keyId))
        : ordered.has(keyId);
    const gone = keysIn(pack)
      .filter(mayGo)
      .map(([, keyId]) => keyId);
    return { pack, gone, isEmptied: gone.length === keysIn(pack).length };
  });
  return {
    keys: losing.flatMap(({ pack: { owner }, gone }) => gone.map((keyId) => ({ keyId, owner }))),
    packIds: losing.filter(({ isEmptied }) => isEmptied).map(({ pack }) => pack.packId),
  };
}

/**
 * Drops packs that hold nothing but doomed keys, and the index entries of those keys, and notes on the line of each
 * instruction what of it is shredded, in one statement. The rest of a pack is for `repack` to save.
 */
export async function dropDoomed(
  tx: KeyStoreTx,
  { keys, packIds }: Doomed,
  { shredded, at }: { readonly shredded: readonly Shredded[]; readonly at: Date },
): Promise<void> {
  if (keys.length === 0 && shredded.length === 0) return;
  await tx.query(
    `with entry as (
       delete from index_entry where tenant_id = $1 and owner = any($5::uuid[]) and key_id = any($6::uuid[])
     ), emptied as (
       delete from pack where tenant_id = $1 and pack_id = any($7::uuid[])
     )
     ${NOTE_SHREDDED}`,
    ...shreddedColumns(shredded, at),
    [...new Set(keys.map(({ owner }) => owner))],
    keys.map(({ keyId }) => keyId),
    packIds,
  );
}

const HELD = readingOf(`
  select ${FOUND} from (select unnest($2::uuid[]) as id offset 0) asked
  cross join ${nodeOf('asked.id')}
  cross join lateral (select tree, root_id, house, height from tenant_root
                      where tenant_id = $1 and tree = n.tree and left_at is null limit 1) r
  left join ${packsOf('true')} on true`);

/** These owners by tree, with every pack that each has left, and the branches that lead to them. */
export async function readOwners(tx: KeyStoreTx, owners: readonly Owner[]): Promise<readonly TreeReading[]> {
  return [...toReadings(await tx.query(HELD, owners)).values()];
}

/** The owners of these packs. */
export async function ownersOf(tx: KeyStoreTx, packIds: readonly PackId[]): Promise<Owner[]> {
  const rows = await tx.query(
    'select distinct owner from pack where tenant_id = $1 and pack_id = any($2::uuid[])',
    packIds,
  );
  return rows.map((row) => row.owner as Owner);
}

/** Stores owners that have moved to another tree, with their packs as they are sealed there. */
export async function moveOwners(
  tx: KeyStoreTx,
  {
    tree,
    nodes,
    packs,
  }: { readonly tree: Tree; readonly nodes: readonly Node[]; readonly packs: readonly Pack[] },
): Promise<void> {
  await tx.query(
    `update node n set tree = $2, place = new.place
     from unnest($3::uuid[], $4::bigint[]) as new (owner, place)
     where n.tenant_id = $1 and n.owner = new.owner`,
    tree,
    nodes.map(({ owner }) => owner),
    nodes.map(({ place }) => place),
  );
  await updateOwners(tx, nodes, packs);
}

/** Stores what was re-keyed: the versions of nodes' keys, and packs that have been sealed anew. */
export async function updateOwners(
  tx: KeyStoreTx,
  nodes: readonly Node[],
  packs: readonly Pack[],
): Promise<void> {
  if (nodes.length === 0) return;
  await tx.query(
    `with renewed as (
       update node n set key_version = new.key_version
       from unnest($2::uuid[], $3::int[]) as new (owner, key_version)
       where n.tenant_id = $1 and n.owner = new.owner
     )
     update pack p set labels = new.labels::text[], sealed = new.sealed
     from unnest($4::uuid[], $5::text[], $6::bytea[]) as new (pack_id, labels, sealed)
     where p.tenant_id = $1 and p.pack_id = new.pack_id`,
    nodes.map(({ owner }) => owner),
    nodes.map(({ keyVersion }) => keyVersion),
    packs.map(({ packId }) => packId),
    packs.map(({ labels }) => arrayLiteral(labels)),
    packs.map(({ sealed }) => sealed),
  );
}

const SAMPLED =
  'select owner, place, key_version, generation from node where tenant_id = $1 and tree = r.tree';

const SAMPLE = readingOf(`
  select ${FOUND}
  from (select tree, root_id, house, height from tenant_root
        where tenant_id = $1 and opened_at is not null and left_at is null limit 2) r
  left join lateral (
    (select n.* from unnest($2::text[], $3::bigint[]) as asked (tree, bucket) cross join lateral
       (${SAMPLED} and place >= bucket * 32 and place < bucket * 32 + 32 order by place limit 1) n
     where asked.tree = r.tree limit $4)
    union (${SAMPLED} order by place limit 1)
    union (${SAMPLED} order by place desc limit 1)
  ) n on true
  left join ${packsOf('true')} on true`);

/**
 * What the roots in force are to be proved by: the first and the last node of each tree, and one in each branch that was
 * re-keyed (`rotated`, places of level 0), up to `count`.
 */
export async function samplePaths(
  tx: KeyStoreTx,
  rotated: ReadonlyMap<Tree, readonly number[]>,
  count: number,
): Promise<Map<Tree, TreeReading>> {
  const asked = [...rotated].flatMap(([tree, buckets]) => buckets.map((bucket) => ({ tree, bucket })));
  const rows = await tx.query(
    SAMPLE,
    asked.map(({ tree }) => tree),
    asked.map(({ bucket }) => bucket),
    count,
  );
  return toReadings(rows);
}

const CLEAR = [
  `delete from index_entry where (tenant_id, generation, tag, owner) in
     (select tenant_id, generation, tag, owner from index_entry where tenant_id = $1 limit $2)`,
  `delete from pack where (tenant_id, pack_id) in
     (select p.tenant_id, p.pack_id from pack p join node n using (tenant_id, owner)
      where p.tenant_id = $1 and n.tree = 'SUBJECTS' limit $2)`,
  `delete from node where (tenant_id, owner) in
     (select n.tenant_id, n.owner from node n where n.tenant_id = $1 and n.tree = 'SUBJECTS' limit $2)`,
  `delete from branch where (tenant_id, tree, level, place) in
     (select tenant_id, tree, level, place from branch where tenant_id = $1 and tree = 'SUBJECTS' limit $2)`,
];

/** Removes up to `count` rows of the tree of subjects, if it was given up: entries, packs, nodes, branches, in that order. */
export async function clearLeftTree(tx: KeyStoreTx, count: number): Promise<number> {
  const left = await tx.query(
    `select from tenant_root where tenant_id = $1 and tree = 'SUBJECTS' and left_at is not null`,
  );
  if (left.length === 0) return 0;
  for (const statement of CLEAR) {
    const gone = await tx.query(`${statement} returning 1 as gone`, count);
    if (gone.length > 0) return gone.length;
  }
  return 0;
}
