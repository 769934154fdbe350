import type pg from 'pg';
import { associated } from './formats.js';
import { type Left, type Tag, type Wrap } from './loot.js';
import { ELEMENT_OF, type IdentityType } from './person.js';

type Root = { tenant_id: string; tree: string; root_id: string; height: number; left_at: Date | null };
type Branch = {
  tenant_id: string;
  tree: string;
  level: number;
  place: string;
  version: number;
  used: number;
  sealed: Buffer;
};
type Pack = {
  tenant_id: string;
  pack_id: string;
  owner: string;
  labels: (string | null)[];
  sealed: Buffer;
  key_version: number;
};

type Entry = { tenant_id: string; owner: string; type: IdentityType; tag: Buffer };

const PLACE_DIGITS = 3;

/** What a key store holds. */
export type KeyStoreRows = {
  readonly wraps: readonly Wrap[];
  readonly tags: readonly Tag[];
  readonly left: readonly Left[];
  readonly inForce: ReadonlySet<string>;
};

/** Reads every wrapped key and every index entry of a key store, as its superuser. */
export async function readKeyStore(client: pg.Client): Promise<KeyStoreRows> {
  const { rows: roots } = await client.query<Root>(
    'select tenant_id, tree, root_id, height, left_at from tenant_root',
  );
  const { rows: branches } = await client.query<Branch>('select * from branch');
  const { rows: packs } = await client.query<Pack>(
    'select p.*, n.key_version from pack p join node n using (tenant_id, owner)',
  );
  const { rows: entries } = await client.query<Entry>('select tenant_id, owner, type, tag from index_entry');
  const { rows: marks } = await client.query<{ tenant_id: string; mac: Buffer }>(
    'select tenant_id, mac from window_mark',
  );
  const { rows: nodes } = await client.query<{ owner: string }>('select owner from node');
  return {
    wraps: [...branches.map((branch) => branchWrap(branch, roots)), ...packs.map(packWrap)],
    tags: [
      ...entries.map(({ tenant_id: tenantId, tag }): Tag => ({ kind: 'index', tenantId, bytes: tag })),
      ...marks.map(({ tenant_id: tenantId, mac }): Tag => ({ kind: 'suppression', tenantId, bytes: mac })),
    ],
    left: [
      ...nodes.map(({ owner }) => ({ store: 'node', subjectId: owner })),
      ...packs.map(({ owner }) => ({ store: 'pack', subjectId: owner })),
      ...entries.map(({ owner, type }) => ({ store: `index_entry:${ELEMENT_OF[type]}`, subjectId: owner })),
    ],
    // Of a tree that was left the row stays, and the root is not in force any more.
    inForce: new Set(
      roots
        .filter(({ left_at: leftAt }) => leftAt === null)
        .map((root) => `${root.tenant_id}/${root.root_id}`),
    ),
  };
}

/** A branch is bound to its place, its version and the slots that are taken; the topmost to its root as well. */
function branchWrap(branch: Branch, roots: readonly Root[]): Wrap {
  const { tenant_id: tenantId, tree, level, place, version, used, sealed } = branch;
  const root = roots.find((one) => one.tenant_id === tenantId && one.tree === tree);
  const isTop = root !== undefined && level === root.height - 1;
  const context = branchContext(branch, isTop ? root.root_id : '');
  return {
    tenantId,
    kind: 'branch',
    of: `${tree}/${level}/${place}/${version}/${used}`,
    contexts: [context],
    sealed,
    keys: [],
  };
}

/** What a branch is bound to. */
export const branchContext = (
  { tenant_id: tenantId, tree, level, place, version, used }: Omit<Branch, 'sealed'>,
  rootId: string,
): Buffer =>
  associated(['branch', tenantId, tree, rootId, String(level), place, String(version), String(used)]);

function packWrap({
  tenant_id: tenantId,
  pack_id: packId,
  owner,
  labels,
  sealed,
  key_version: version,
}: Pack): Wrap {
  const context = packContext({ tenantId, owner, packId, version, labels });
  const keys = labels.flatMap((label, place) =>
    label === null
      ? []
      : [
          {
            id: packId.slice(0, -PLACE_DIGITS) + place.toString(16).padStart(PLACE_DIGITS, '0'),
            label,
          },
        ],
  );
  return { tenantId, kind: 'pack', of: owner, contexts: [context], sealed, keys };
}

/** What a pack is bound to. */
export const packContext = (pack: {
  tenantId: string;
  owner: string;
  packId: string;
  version: number;
  labels: readonly (string | null)[];
}): Buffer =>
  associated([
    'pack',
    pack.tenantId,
    pack.owner,
    pack.packId,
    String(pack.version),
    ...pack.labels.map((label) => label ?? ''),
  ]);
