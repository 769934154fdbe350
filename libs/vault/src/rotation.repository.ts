import { type Branch, type BranchName } from './branch.js';
import { arrayLiteral } from './growth.repository.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type RootId } from './keyring.js';
import { type Node } from './node.js';
import { type Pack } from './pack.js';
import { type Owner, type Tree } from './vault.js';

/** What a tree is after a rotation, as far as it has changed. */
export type RotatedTree = {
  readonly tree: Tree;
  /** The root that was in force, which is retired, and the one that is now. */
  readonly from: RootId;
  readonly to: RootId;
  readonly at: Date;
  readonly branches: readonly Branch[];
  /** Branches that have no children left. */
  readonly emptied: readonly BranchName[];
  /** Owners that have no key left. */
  readonly bare: readonly Owner[];
  /** Owners whose keys were changed, and their packs. */
  readonly nodes: readonly Node[];
  readonly packs: readonly Pack[];
};

const STORE = `
  with swapped as (
    update tenant_root set root_id = $4, version = version + 1
    where tenant_id = $1 and tree = $2 and root_id = $3 and left_at is null
    returning tenant_id
  ), stored as (
    insert into branch (tenant_id, tree, level, place, version, used, is_open, sealed)
    select $1, $2, new.level, new.place, new.version, new.used, new.used <> -1, new.sealed
    from unnest($6::int[], $7::bigint[], $8::int[], $9::int[], $10::bytea[])
      as new (level, place, version, used, sealed)
    on conflict (tenant_id, tree, level, place) do update
    set version = excluded.version, used = excluded.used, is_open = excluded.is_open, sealed = excluded.sealed
  ), emptied as (
    delete from branch b using unnest($11::int[], $12::bigint[]) as gone (level, place)
    where b.tenant_id = $1 and b.tree = $2 and b.level = gone.level and b.place = gone.place
  ), bared as (
    delete from node where tenant_id = $1 and owner = any($13::uuid[])
  ), renewed as (
    update node n set key_version = new.key_version
    from unnest($14::uuid[], $15::int[]) as new (owner, key_version)
    where n.tenant_id = $1 and n.owner = new.owner
  ), repacked as (
    update pack p set labels = new.labels::text[], sealed = new.sealed
    from unnest($16::uuid[], $17::text[], $18::bytea[]) as new (pack_id, labels, sealed)
    where p.tenant_id = $1 and p.pack_id = new.pack_id
  )
  insert into retired_root (tenant_id, root_id, retired_at) select tenant_id, $3, $5 from swapped
  returning root_id`;

/**
 * Stores a rotated tree in one statement. False when the root in force was another (compare-and-swap): then the caller
 * rolls back. The transaction holds the tenant's lock alone.
 */
export async function storeRotation(tx: KeyStoreTx, rotated: RotatedTree): Promise<boolean> {
  const { tree, from, to, at, branches, emptied, bare, nodes, packs } = rotated;
  const rows = await tx.query(
    STORE,
    tree,
    from,
    to,
    at,
    branches.map(({ level }) => level),
    branches.map(({ place }) => place),
    branches.map(({ version }) => version),
    branches.map(({ used }) => used),
    branches.map(({ sealed }) => sealed),
    emptied.map(({ level }) => level),
    emptied.map(({ place }) => place),
    bare,
    nodes.map(({ owner }) => owner),
    nodes.map(({ keyVersion }) => keyVersion),
    packs.map(({ packId }) => packId),
    packs.map(({ labels }) => arrayLiteral(labels)),
    packs.map(({ sealed }) => sealed),
  );
  return rows.length === 1;
}
