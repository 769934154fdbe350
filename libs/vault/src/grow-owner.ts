import { DomainError, type TenantId } from '@personr/kernel';
import { type NewPack } from './keys.repository.js';
import { type Node, openNode } from './node.js';
import { type OpenTree } from './open-tree.js';
import { fillPack, keysIn, keysOver, newPackId, openPack, type OpenKey, type Pack, packFor } from './pack.js';
import { type TreeReading } from './tree-reading.js';
import { type Owner } from './vault.js';

/** Labels of the tenant's own keys begin so; nobody else's may. */
export const HOUSE_PREFIX = 'house:';

/** Keys an owner is to have; `expiresAt` is null for keys that are shredded, not aged. */
export type Wanted = {
  readonly owner: Owner;
  readonly labels: readonly string[];
  readonly expiresAt: Date | null;
};

/** What owners are grown on: the open tree, and the present. */
export type Ground = { readonly tenantId: TenantId; readonly open: OpenTree; readonly at: Date };

/** What an owner has: its node, which for a new one is only in the open tree yet, and its packs. */
export type Holdings = { readonly node: Node; readonly packs: readonly Pack[] };

/** The pack that was missing, if one was, and the keys wanted, by label; the tree overwrites them. */
export type GrownOwner = { readonly packs: readonly NewPack[]; readonly keys: ReadonlyMap<string, OpenKey> };

/** Makes the keys that an owner lacks, in memory: nothing is written. */
export function growOwner({ tenantId, open, at }: Ground, wanted: Wanted, holdings: Holdings): GrownOwner {
  const node = openNode(tenantId, open, holdings.node);
  const labels = new Set(wanted.labels);
  const known = holdings.packs
    .filter((pack) => keysIn(pack).some(([label]) => labels.has(label)))
    .flatMap((pack) => [...keysOver(pack.packId, pack.labels, open.keep(openPack(node, pack)))]);
  const missing = missingIn(holdings.packs, wanted.labels);
  if (missing.length === 0) return { packs: [], keys: new Map(known) };
  const { pack, bytes } = fillPack(node, { packId: newPackId(at), labels: missing });
  const keys = keysOver(pack.packId, pack.labels, open.keep(bytes));
  for (const [label, key] of known) keys.set(label, key);
  const { generation } = holdings.node;
  return { packs: [{ ...pack, generation, expiresAt: wanted.expiresAt }], keys };
}

/** What a reading says that an owner has; null for one without a node. */
export function holdingsOf({ nodes, packs }: TreeReading, owner: Owner): Holdings | null {
  const node = nodes.get(owner);
  return node === undefined ? null : { node, packs: packs.filter((pack) => pack.owner === owner) };
}

/** What an owner has whose node was just planted at this place. */
export const newHoldings = (owner: Owner, place: number): Holdings => ({
  node: { owner, place, keyVersion: 1, generation: 1 },
  packs: [],
});

/** The labels that none of the packs has, each once, in order. */
export const missingIn = (packs: readonly Pack[], labels: readonly string[]): string[] =>
  [...new Set(labels)].filter((label) => packFor(packs, label) === undefined).sort();

/** Throws `VALIDATION_FAILED` unless these are labels an owner may have: 1 to 200 characters, none of the house's. */
export function assertLabels(labels: readonly string[]): void {
  const wrong = (label: string) => label === '' || label.length > 200 || label.startsWith(HOUSE_PREFIX);
  if (labels.some(wrong)) {
    throw new DomainError('VALIDATION_FAILED', `A label has 1 to 200 characters and no "${HOUSE_PREFIX}".`);
  }
}
