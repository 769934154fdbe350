import { DomainError, type KeyId } from '@personr/kernel';
import { newKey, using } from './aead.js';
import { HOUSE_PREFIX } from './house.js';
import { type KeyStoreTx } from './key-store.database.js';
import { type Root } from './keyring.js';
import { type Branch, findBranch, holdBranches, insertNode, insertPack } from './keys.repository.js';
import { fillPack, keysIn, newPackId, type Pack, packFor } from './pack.js';
import { unknownTenant } from './roots.repository.js';
import { type Owner } from './vault.js';
import { unwrapNode, wrapNode, type WrappedNode } from './wrap.js';

/** Keys an owner is to have. `at` is the present; `expiresAt` is null for keys that are shredded, not aged. */
export type Wanted = {
  readonly owner: Owner;
  readonly labels: readonly string[];
  readonly at: Date;
  readonly expiresAt: Date | null;
};

/** A branch in which every key that was wanted is present. */
export type GrownBranch = { readonly node: WrappedNode; readonly packs: readonly Pack[] };

/**
 * Adds the node and the keys that are missing to the owner's branch, which is read unless the transaction has
 * (`known`). The transaction holds the tenant's lock.
 */
export async function growBranch(
  tx: KeyStoreTx,
  root: Root,
  wanted: Wanted,
  known?: Branch,
): Promise<GrownBranch> {
  const branch = known ?? (await branchOf(tx, wanted));
  if (branch.node !== null && missingIn(branch, wanted).length === 0) {
    return { node: branch.node, packs: branch.packs };
  }
  const planted = branch.node === null ? await plantNode(tx, root, wanted.owner) : null;
  if (planted !== null) return addPack(tx, root, wanted, { ...branch, node: planted });
  const held = (await holdBranches(tx, root.rootId, [wanted.owner])).get(wanted.owner);
  if (held?.node == null) throw unknownTenant();
  return addPack(tx, root, wanted, { ...held, node: held.node });
}

/** The ids of a branch's keys by their labels. */
export const keysByLabel = ({ packs }: Pick<GrownBranch, 'packs'>): Map<string, KeyId> =>
  new Map(packs.flatMap(keysIn));

/** The labels that no pack of the branch has, each once, in order. */
export const missingIn = (branch: Pick<Branch, 'packs'>, { labels }: Pick<Wanted, 'labels'>): string[] =>
  [...new Set(labels)].filter((label) => packFor(branch.packs, label) === undefined).sort();

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

/** The owner's new node, or null when another process was first. */
async function plantNode(tx: KeyStoreTx, root: Root, owner: Owner): Promise<WrappedNode | null> {
  const name = { owner, rootId: root.rootId, keyVersion: 1 };
  const wrapped = using(newKey(), (key) => wrapNode(root, { ...name, tenantId: root.tenantId, key }));
  const node = { ...name, wrapped };
  return (await insertNode(tx, node)) ? node : null;
}

async function addPack(
  tx: KeyStoreTx,
  root: Root,
  wanted: Wanted,
  branch: Branch & { readonly node: WrappedNode },
): Promise<GrownBranch> {
  const { node, packs, generation } = branch;
  const labels = missingIn(branch, wanted);
  if (labels.length === 0) return { node, packs };
  const open = unwrapNode(root, node);
  const pack = using(open.key, () =>
    fillPack(open, { packId: newPackId(wanted.at), labels }, (made) => made),
  );
  await insertPack(tx, { ...pack, generation, expiresAt: wanted.expiresAt });
  return { node, packs: [...packs, pack] };
}
