import { type TenantId } from '@personr/kernel';
import { openBytes, sealBytes } from './aead.js';
import { type Root, type RootId } from './keyring.js';
import { type Owner } from './vault.js';

/** An owner's key as the key store holds it, wrapped under the root it names. */
export type WrappedNode = {
  readonly owner: Owner;
  readonly rootId: RootId;
  readonly keyVersion: number;
  readonly wrapped: Uint8Array;
};

/** An owner's key in the open. Whoever made it overwrites `key`. */
export type OpenNode = {
  readonly tenantId: TenantId;
  readonly owner: Owner;
  readonly keyVersion: number;
  readonly key: Uint8Array;
};

/** Wraps a node's key under the root; bound to tenant, owner, root and the key's version. */
export const wrapNode = (root: Root, node: OpenNode): Buffer =>
  sealBytes(root.key, nodeContext(root, node), node.key);

/** Unwraps a node's key. Throws `SEAL_BROKEN` when the root, tenant, owner or version is another. */
export function unwrapNode(root: Root, node: WrappedNode): OpenNode & { key: Buffer } {
  const key = openBytes(root.key, nodeContext(root, node), node.wrapped);
  return { tenantId: root.tenantId, owner: node.owner, keyVersion: node.keyVersion, key };
}

const nodeContext = (root: Root, node: { owner: Owner; keyVersion: number }): string[] => [
  'node',
  root.tenantId,
  root.rootId,
  node.owner,
  String(node.keyVersion),
];
