import { type TenantId } from '@personr/kernel';
import { KEY_BYTES, openBytes, sealBytes, using } from './aead.js';
import { type RootId } from './keyring.js';
import { type Tree } from './vault.js';

/** How many children a branch has room for. */
export const FAN_OUT = 32;

/** Where a branch is: level 0 holds the keys of nodes, level n + 1 those of level n. */
export type BranchName = { readonly level: number; readonly place: number };

/** A branch as the key store holds it: its children's keys, in the order of the taken slots, sealed under its own. */
export type Branch = BranchName & {
  /** How often its key was changed. */
  readonly version: number;
  /** Bit n is set when slot n is taken: 32 bits, with a sign. */
  readonly used: number;
  readonly sealed: Uint8Array;
};

/** What a branch is bound to besides its name: `rootId` for the topmost, which is sealed under the root, else null. */
export type BranchBinding = {
  readonly tenantId: TenantId;
  readonly tree: Tree;
  readonly rootId: RootId | null;
};

/** The keys of a branch by their slots. */
export type Children = ReadonlyMap<number, Uint8Array>;

/** The slot in which the key of this place lies. */
export const slotOf = (place: number): number => place % FAN_OUT;

/** The branch in which the key of the node at this place lies. */
export const bucketOf = (place: number): BranchName => ({ level: 0, place: Math.floor(place / FAN_OUT) });

/** The branch in which this one's key lies. */
export const parentOf = ({ level, place }: BranchName): BranchName => ({
  level: level + 1,
  place: Math.floor(place / FAN_OUT),
});

/** The slots that are taken, ascending. */
export const slotsIn = (used: number): number[] =>
  Array.from({ length: FAN_OUT }, (_, slot) => slot).filter((slot) => ((used >>> slot) & 1) === 1);

/** The mask in which these slots are taken. */
export const usedBy = (children: Children): number =>
  [...children.keys()].reduce((used, slot) => used | (1 << slot), 0);

/** Seals a branch's children under its key. The children are in the order of their slots. */
export function sealBranch(
  key: Uint8Array,
  binding: BranchBinding,
  { level, place, version, children }: BranchName & { readonly version: number; readonly children: Children },
): Branch {
  const used = usedBy(children);
  const keys = slotsIn(used).map((slot) => children.get(slot) ?? new Uint8Array(0));
  const sealed = using(Buffer.concat(keys), (bytes) =>
    sealBytes(key, contextOf(binding, { level, place, version, used }), bytes),
  );
  return { level, place, version, used, sealed };
}

/**
 * Opens a branch. Whoever asked overwrites the one buffer that all children lie in. Throws `SEAL_BROKEN` when tenant,
 * tree, root, place, version or any slot is another than it was sealed with.
 */
export function openBranch(
  key: Uint8Array,
  binding: BranchBinding,
  branch: Branch,
): { readonly bytes: Buffer; readonly children: Map<number, Uint8Array> } {
  const bytes = openBytes(key, contextOf(binding, branch), branch.sealed);
  const children = slotsIn(branch.used).map((slot, at): [number, Uint8Array] => [
    slot,
    bytes.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES),
  ]);
  return { bytes, children: new Map(children) };
}

const contextOf = (
  { tenantId, tree, rootId }: BranchBinding,
  { level, place, version, used }: Omit<Branch, 'sealed'>,
): string[] => [
  'branch',
  tenantId,
  tree,
  rootId ?? '',
  String(level),
  String(place),
  String(version),
  String(used),
];
