import { type Branch } from './branch.js';
import { type RootId } from './keyring.js';
import { type Node } from './node.js';
import { type Pack, type PackId } from './pack.js';
import { type Owner, type Tree } from './vault.js';

type Row = Record<string, unknown>;

/** What a statement found of one tree: owners and packs, with the branches that lead to them from the root. */
export type TreeReading = {
  readonly tree: Tree;
  readonly rootId: RootId;
  /** The owner of the tenant's own keys in this tree. */
  readonly house: Owner;
  readonly height: number;
  readonly nodes: ReadonlyMap<Owner, Node>;
  readonly packs: readonly Pack[];
  readonly branches: readonly Branch[];
};

/** The columns that a query must have to be read along with its branches: of a root, a node or none, a pack or none. */
export const FOUND = `r.tree, r.root_id, r.house, r.height, n.owner, n.place, n.key_version, n.generation,
  p.pack_id, p.labels, p.sealed`;

/**
 * The statement that reads what `found` finds and, from the root down, every branch above it. `tenant` is the tenant
 * as the statement writes it. Each step is a lateral one with a limit, so that the server goes from the few rows that are
 * asked for to those above them by primary keys, whatever its statistics say.
 */
export const readingOf = (found: string, tenant = '$1'): string => `
  with found as materialized (${found}),
  path as materialized (
    select distinct f.tree, l.level, f.place >> (5 * (l.level + 1)) as place
    from found f cross join lateral generate_series(0, f.height - 1) as l (level)
    where f.place is not null
  )
  select f.*, null::int as level, null::int as used from found f
  union all
  select path.tree, null, null, null, null, b.place, b.version, null, null, null, b.sealed, b.level, b.used
  from path cross join lateral (
    select place, version, sealed, level, used from branch
    where tenant_id = ${tenant} and tree = path.tree and level = path.level::smallint and place = path.place limit 1
  ) b`;

/** A step to the node of an owner: an expression over what stands before it. */
export const nodeOf = (owner: string, tenant = '$1'): string => `lateral (
  select owner, tree, place, key_version, generation from node
  where tenant_id = ${tenant} and owner = ${owner} limit 1) n`;

/** A step to the packs of the node before it, if they meet a condition. */
export const packsOf = (condition: string, tenant = '$1'): string => `lateral (
  select pack_id, labels, sealed from pack
  where tenant_id = ${tenant} and owner = n.owner and ${condition} offset 0) p`;

/** The readings of such a statement's rows, by tree. A tree of which nothing was found is left out. */
export function toReadings(rows: readonly Row[]): Map<Tree, TreeReading> {
  const readings = new Map<
    Tree,
    TreeReading & { nodes: Map<Owner, Node>; packs: Pack[]; branches: Branch[] }
  >();
  for (const row of rows.filter(({ level }) => level === null)) {
    const tree = row.tree as Tree;
    const reading = readings.get(tree) ?? begin(tree, row);
    readings.set(tree, reading);
    if (row.owner !== null) reading.nodes.set(row.owner as Owner, toNode(row));
    if (row.pack_id !== null) reading.packs.push(toPack(row));
  }
  for (const row of rows.filter(({ level }) => level !== null)) {
    readings.get(row.tree as Tree)?.branches.push(toBranch(row));
  }
  return readings;
}

const begin = (tree: Tree, row: Row) => ({
  tree,
  rootId: row.root_id as RootId,
  house: row.house as Owner,
  height: row.height as number,
  nodes: new Map<Owner, Node>(),
  packs: [],
  branches: [],
});

/** A branch from a row that selects it. */
export const toBranch = (row: Row): Branch => ({
  level: row.level as number,
  place: Number(row.place),
  version: (row.key_version ?? row.version) as number,
  used: row.used as number,
  sealed: row.sealed as Buffer,
});

/** A node from a row that selects it. */
export const toNode = (row: Row): Node => ({
  owner: row.owner as Owner,
  place: Number(row.place),
  keyVersion: row.key_version as number,
  generation: row.generation as number,
});

/** A pack from a row that selects it. */
export const toPack = (row: Row): Pack => ({
  packId: row.pack_id as PackId,
  owner: row.owner as Owner,
  labels: row.labels as (string | null)[],
  sealed: row.sealed as Buffer,
});
