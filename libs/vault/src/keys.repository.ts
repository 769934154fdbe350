import { DomainError, isId, type KeyId, type TenantId } from '@personr/kernel';
import { groupBy } from './group-by.js';
import { type KeyStoreTx } from './key-store.database.js';
import { keysIn, type Pack, type PackId } from './pack.js';
import { FOUND, nodeOf, packsOf, readingOf, toReadings, type TreeReading } from './tree-reading.js';
import { type Owner, type Tree } from './vault.js';
import { type HeldOwner } from './vault.erasure.js';

export type NewPack = Pack & { readonly generation: number; readonly expiresAt: Date | null };

/** The root of an open tree. */
const rootOf = (tree: string, tenant = '$1'): string => `(
  select tree, root_id, house, height from tenant_root
  where tenant_id = ${tenant} and tree = ${tree} and opened_at is not null and left_at is null limit 1) r`;

const OF_GENERATION = 'generation = n.generation';

const FIND_PACKS = readingOf(`
  select ${FOUND}
  from (select pack_id, owner, labels, sealed from pack
        where tenant_id = $1 and pack_id = any($2::uuid[]) offset 0) p
  cross join ${nodeOf('p.owner')}
  cross join lateral ${rootOf('n.tree')}`);

/** The packs of these ids that exist, by tree, each with all that leads to it, in one query. */
export async function findPacks(tx: KeyStoreTx, packIds: readonly PackId[]): Promise<Map<Tree, TreeReading>> {
  return toReadings(await tx.query(FIND_PACKS, packIds));
}

const FIND_HOLDINGS = readingOf(`
  select ${FOUND} from ${rootOf('$2')}
  left join ${nodeOf('coalesce($3::uuid, r.house)')} on true
  left join ${packsOf(`${OF_GENERATION} and labels && $4::text[]`)} on true`);

/** Whose keys are looked for: an owner's, or with null the house's of the tree. */
export type Holder = { readonly tree: Tree; readonly owner: Owner | null };

/** What the owner has of its current generation in the packs with any of these labels; null when the tree is not open. */
export async function findHoldings(
  tx: KeyStoreTx,
  { tree, owner }: Holder,
  labels: readonly string[],
): Promise<TreeReading | null> {
  const rows = await tx.query(FIND_HOLDINGS, tree, owner, labels);
  return toReadings(rows).get(tree) ?? null;
}

/** The statement that reads the house's keys in a tree, to go with the message that begins. */
export function houseReading(tenantId: TenantId, tree: Tree): string {
  const tenant = `'${tenantId}'`;
  return readingOf(
    `select ${FOUND} from ${rootOf(`'${tree}'`, tenant)}
     cross join ${nodeOf('r.house', tenant)}
     cross join ${packsOf('true', tenant)}`,
    tenant,
  );
}

/**
 * Keeps others from adding keys to these owners until the transaction ends, always in the same order, so that two
 * batches cannot wait for each other; then reads all that they have of their current generation. Two owners may share
 * a lock. Null when the tree is not open.
 */
export async function holdOwners(
  tx: KeyStoreTx,
  tree: Tree,
  owners: readonly Owner[],
): Promise<TreeReading | null> {
  const tenant = `'${tx.tenantId}'`;
  const locks = [...new Set(owners.map(lockOf))].sort((left, right) => left - right);
  const found = `select ${FOUND} from ${rootOf(`'${tree}'`, tenant)}
    left join (select unnest(array[${owners.map(quoted).join(',')}]::uuid[]) as id offset 0) asked on true
    left join ${nodeOf('asked.id', tenant)} on true
    left join ${packsOf(OF_GENERATION, tenant)} on true`;
  const [, rows = []] = await tx.script(
    `select pg_advisory_xact_lock(hashtext('owner ${tx.tenantId}'), lock) from unnest('{${locks.join(',')}}'::int[]) as lock;
     ${readingOf(found, tenant)}`,
  );
  return toReadings(rows).get(tree) ?? null;
}

/** Such a message takes no parameters, so the id is checked to be one before it is written in. */
function quoted(owner: Owner): string {
  if (!isId(owner))
    throw new DomainError('ID_MALFORMED', 'An owner of keys is a lower-case UUID of version 7.');
  return `'${owner}'`;
}

/** The lock of an owner: the last 32 bits of its id, which are random (RFC 9562, section 5.7). */
export const lockOf = (owner: Owner): number => Number.parseInt(owner.slice(-8), 16) | 0;

/** Removes the owner's packs that hold a key for this label and never held another. */
export async function dropPackOf(tx: KeyStoreTx, owner: Owner, label: string): Promise<void> {
  await tx.query(
    'delete from pack where tenant_id = $1 and owner = $2 and labels = array[$3::text]',
    owner,
    label,
  );
}

/** Whose keys, and of which labels; all of them when none are named. */
export type KeysQuery = { readonly owner: Owner; readonly labels?: readonly string[] | undefined };

/** The keys of each owner, in the order of their ids. An owner without any is left out. */
export async function keysOfAll(tx: KeyStoreTx, asked: readonly KeysQuery[]): Promise<Map<Owner, KeyId[]>> {
  const rows = await tx.query(
    `select p.owner, p.pack_id, p.labels from pack p where p.tenant_id = $1 and p.owner = any($2::uuid[])
     order by p.pack_id`,
    asked.map(({ owner }) => owner),
  );
  const packs = groupBy(rows, (row) => row.owner as Owner);
  const found = asked.map(({ owner, labels }): [Owner, KeyId[]] => {
    const keys = (packs.get(owner) ?? []).flatMap((row) =>
      keysIn({ packId: row.pack_id as PackId, labels: row.labels as string[] }),
    );
    return [owner, keys.filter(([label]) => labels?.includes(label) ?? true).map(([, keyId]) => keyId)];
  });
  return new Map(found.filter(([, keys]) => keys.length > 0));
}

/** The owners of a tree after one, in the order of their ids, with all that hangs on them. */
export async function ownersAfter(
  tx: KeyStoreTx,
  { tree, after, limit }: { readonly tree: Tree; readonly after: Owner | null; readonly limit: number },
): Promise<HeldOwner[]> {
  const rows = await tx.query(
    `select n.owner, n.owner = r.house as is_house,
            (select count(*)::int from index_entry e where e.tenant_id = n.tenant_id and e.owner = n.owner) as entries
     from node n join tenant_root r using (tenant_id, tree)
     where n.tenant_id = $1 and n.tree = $2 and ($3::uuid is null or n.owner > $3) order by n.owner limit $4`,
    tree,
    after,
    limit,
  );
  const owners = rows.map((row) => row.owner as Owner);
  const packs = await tx.query(
    'select owner, pack_id, labels from pack where tenant_id = $1 and owner = any($2::uuid[]) order by pack_id',
    owners,
  );
  const held = groupBy(packs, (row) => row.owner as Owner);
  return rows.map((row) => ({
    owner: row.owner as Owner,
    isHouse: row.is_house as boolean,
    indexEntries: row.entries as number,
    keys: (held.get(row.owner as Owner) ?? [])
      .flatMap((pack) => keysIn({ packId: pack.pack_id as PackId, labels: pack.labels as string[] }))
      .map(([label, keyId]) => ({ label, keyId })),
  }));
}
