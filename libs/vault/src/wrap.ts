import { type KeyId, type TenantId } from '@personr/kernel';
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

/** A data key as the key store holds it, wrapped under its owner's node. */
export type WrappedLeaf = { readonly keyId: KeyId; readonly owner: Owner; readonly wrapped: Uint8Array };

/** Wraps a node's key under the root; bound to tenant, owner, root and the key's version. */
export const wrapNode = (root: Root, node: OpenNode): Buffer =>
  sealBytes(root.key, nodeContext(root, node), node.key);

/** Unwraps a node's key. Throws `SEAL_BROKEN` when the root, tenant, owner or version is another. */
export function unwrapNode(root: Root, node: WrappedNode): OpenNode & { key: Buffer } {
  const key = openBytes(root.key, nodeContext(root, node), node.wrapped);
  return { tenantId: root.tenantId, owner: node.owner, keyVersion: node.keyVersion, key };
}

/** Wraps a data key under its node; bound to tenant, owner, key id and the version of the node's key. */
export const wrapLeaf = (node: OpenNode, keyId: KeyId, key: Uint8Array): Buffer =>
  sealBytes(node.key, leafContext(node, keyId), key);

/** Unwraps a data key. Throws `SEAL_BROKEN` when node, owner, key id or version is another. */
export const unwrapLeaf = (node: OpenNode, leaf: Pick<WrappedLeaf, 'keyId' | 'wrapped'>): Buffer =>
  openBytes(node.key, leafContext(node, leaf.keyId), leaf.wrapped);

const nodeContext = (root: Root, node: { owner: Owner; keyVersion: number }): string[] => [
  'node',
  root.tenantId,
  root.rootId,
  node.owner,
  String(node.keyVersion),
];

const leafContext = (node: OpenNode, keyId: KeyId): string[] => [
  'leaf',
  node.tenantId,
  node.owner,
  keyId,
  String(node.keyVersion),
];
