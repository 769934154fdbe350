import { type TenantId } from '@personr/kernel';
import { type OpenTree } from './open-tree.js';
import { type Owner } from './vault.js';

/** What the key store says of an owner: where in the tree its key lies. */
export type Node = {
  readonly owner: Owner;
  readonly place: number;
  readonly keyVersion: number;
  readonly generation: number;
};

/** An owner's key in the open. It is the tree's, which overwrites it. */
export type OpenNode = {
  readonly tenantId: TenantId;
  readonly owner: Owner;
  readonly keyVersion: number;
  readonly key: Uint8Array;
};

/** The owner's key, out of the tree. Throws `SEAL_BROKEN`. */
export const openNode = (
  tenantId: TenantId,
  tree: OpenTree,
  { owner, place, keyVersion }: Node,
): OpenNode => ({
  tenantId,
  owner,
  keyVersion,
  key: tree.nodeKey(place),
});
