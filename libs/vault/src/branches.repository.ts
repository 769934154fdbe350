import { type Branch } from './branch.js';
import { type KeyStoreTx } from './key-store.database.js';
import { toBranch } from './tree-reading.js';
import { type Tree } from './vault.js';

/** Which branches to look among: of this level, and none of these places. */
export type RoomQuery = {
  readonly tree: Tree;
  readonly height: number;
  readonly level: number;
  readonly except: readonly number[];
};

const holding = (skip: string): string => `
  with held as (
    select level, place, version, used, sealed from branch
    where tenant_id = $1 and tree = $2 and level = $3::smallint and is_open and place <> all($5::bigint[])
    order by place limit 1 for update ${skip}
  ), path as materialized (
    select l.level, h.place >> (5 * (l.level - h.level)) as place
    from held h cross join lateral generate_series(h.level + 1, $4::int - 1) as l (level)
  )
  select level::int, place, version, used, sealed from held
  union all
  select b.* from path cross join lateral (
    select level::int, place, version, used, sealed from branch
    where tenant_id = $1 and tree = $2 and level = path.level::smallint and place = path.place limit 1
  ) b`;

const HOLD_FREE = holding('skip locked');
const HOLD_TOP = holding('');

/**
 * Locks a branch with a free slot until the transaction ends, and returns it with all branches above it, itself first;
 * nothing when there is none. One that another transaction holds is passed over, so that intakes do not queue; the
 * topmost, of which there is one, is waited for.
 */
export async function holdRoom(
  tx: KeyStoreTx,
  { tree, height, level, except }: RoomQuery,
): Promise<Branch[]> {
  const statement = level === height - 1 ? HOLD_TOP : HOLD_FREE;
  return (await tx.query(statement, tree, level, height, except)).map(toBranch);
}

/** The topmost branch of a tree. */
export async function findTop(tx: KeyStoreTx, tree: Tree, height: number): Promise<Branch[]> {
  const rows = await tx.query(
    `select level::int, place, version, used, sealed from branch
     where tenant_id = $1 and tree = $2 and level = $3 and place = 0`,
    tree,
    height - 1,
  );
  return rows.map(toBranch);
}

/** Stores branches, those that are there and new ones. The caller holds them, or the tenant's lock alone. */
export async function storeBranches(tx: KeyStoreTx, tree: Tree, branches: readonly Branch[]): Promise<void> {
  await tx.query(
    `insert into branch (tenant_id, tree, level, place, version, used, is_open, sealed)
     select $1, $2, new.level, new.place, new.version, new.used, new.used <> -1, new.sealed
     from unnest($3::int[], $4::bigint[], $5::int[], $6::int[], $7::bytea[])
       as new (level, place, version, used, sealed)
     on conflict (tenant_id, tree, level, place) do update
     set version = excluded.version, used = excluded.used, is_open = excluded.is_open, sealed = excluded.sealed`,
    tree,
    branches.map(({ level }) => level),
    branches.map(({ place }) => place),
    branches.map(({ version }) => version),
    branches.map(({ used }) => used),
    branches.map(({ sealed }) => sealed),
  );
}
