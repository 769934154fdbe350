import { DomainError, newId } from '@personr/kernel';
import { newKey, using } from './aead.js';
import { HOUSE_PREFIX } from './house.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Root } from './keyring.js';
import { type Branch, findBranch, insertLeaves, insertNode, type NewLeaf } from './keys.repository.js';
import { unknownTenant } from './roots.repository.js';
import { type Owner } from './vault.js';
import { unwrapNode, wrapLeaf, wrapNode, type WrappedLeaf, type WrappedNode } from './wrap.js';

/** Leaves an owner is to have. `at` is the present; `expiresAt` is null for keys that are shredded, not aged. */
export type Wanted = {
  readonly owner: Owner;
  readonly labels: readonly string[];
  readonly at: Date;
  readonly expiresAt: Date | null;
};

/** A branch in which every leaf that was wanted is present. */
export type GrownBranch = { readonly node: WrappedNode; readonly leaves: ReadonlyMap<string, WrappedLeaf> };

/**
 * Adds the node and the leaves that are missing to the owner's branch, which is read unless the transaction has
 * (`known`). The transaction holds the tenant's lock.
 */
export async function growBranch(
  tx: KeyStoreTx,
  root: Root,
  wanted: Wanted,
  known?: Branch,
): Promise<GrownBranch> {
  const branch = known ?? (await branchOf(tx, wanted));
  const node = branch.node ?? (await plantNode(tx, root, wanted));
  const missing = wanted.labels.filter((label) => !branch.leaves.has(label));
  if (missing.length === 0) return { node, leaves: branch.leaves };
  const leaves = newLeaves(root, node, { ...wanted, labels: [...new Set(missing)].sort() });
  const allOurs = await insertLeaves(tx, branch.generation, leaves);
  if (!allOurs) return { node, leaves: (await branchOf(tx, wanted)).leaves };
  return { node, leaves: new Map([...branch.leaves, ...leaves.map((leaf) => [leaf.label, leaf] as const)]) };
}

/** The ids of a branch's leaves by their labels. */
export const keysByLabel = (branch: Pick<GrownBranch, 'leaves'>) =>
  new Map([...branch.leaves].map(([label, leaf]) => [label, leaf.keyId]));

/** Throws `VALIDATION_FAILED` unless these are labels an owner may have: 1 to 200 characters, none of the house's. */
export function assertLabels(labels: readonly string[]): void {
  const wrong = (label: string) => label === '' || label.length > 200 || label.startsWith(HOUSE_PREFIX);
  if (labels.some(wrong)) {
    throw new DomainError('VALIDATION_FAILED', `A label has 1 to 200 characters and no "${HOUSE_PREFIX}".`);
  }
}

async function branchOf(tx: KeyStoreTx, { owner, labels }: Wanted): Promise<Branch> {
  const branch = await findBranch(tx, owner, labels);
  if (branch === null) throw unknownTenant();
  return branch;
}

async function plantNode(tx: KeyStoreTx, root: Root, wanted: Wanted): Promise<WrappedNode> {
  const name = { owner: wanted.owner, rootId: root.rootId, keyVersion: 1 };
  const wrapped = using(newKey(), (key) => wrapNode(root, { ...name, tenantId: root.tenantId, key }));
  const node = { ...name, wrapped };
  if (await insertNode(tx, node)) return node;
  const branch = await branchOf(tx, wanted);
  if (branch.node === null) throw unknownTenant();
  return branch.node;
}

function newLeaves(root: Root, node: WrappedNode, { owner, labels, at, expiresAt }: Wanted): NewLeaf[] {
  const open = unwrapNode(root, node);
  return using(open.key, () =>
    labels.map((label) => {
      const keyId = newId<'key'>(at);
      const wrapped = using(newKey(), (key) => wrapLeaf(open, keyId, key));
      return { keyId, owner, label, wrapped, expiresAt };
    }),
  );
}
