import { newId } from '@personr/kernel';
import { newKey } from './aead.js';
import { newRootId, type Root } from './keyring.js';
import { type Owner } from './vault.js';
import { unwrapLeaf, unwrapNode, wrapLeaf, wrapNode } from './wrap.js';

const at = new Date(0);
const root: Root = { tenantId: newId(at), rootId: newRootId(), key: newKey() };
const owner: Owner = newId<'subject'>(at);
const node = { tenantId: root.tenantId, owner, keyVersion: 1, key: newKey() };
const keyId = newId<'key'>(at);
const dataKey = newKey();
const refused = expect.objectContaining({ code: 'SEAL_BROKEN' }) as Error;

describe('a wrapped node', () => {
  const wrapped = { owner, rootId: root.rootId, keyVersion: 1, wrapped: wrapNode(root, node) };

  it('opens under its root', () => {
    expect(unwrapNode(root, wrapped)).toEqual(node);
  });

  it('opens for no other tenant, root, owner or version', () => {
    expect(() => unwrapNode({ ...root, tenantId: newId(at) }, wrapped)).toThrow(refused);
    expect(() => unwrapNode({ ...root, rootId: newRootId() }, wrapped)).toThrow(refused);
    expect(() => unwrapNode({ ...root, key: newKey() }, wrapped)).toThrow(refused);
    expect(() => unwrapNode(root, { ...wrapped, owner: newId<'subject'>(at) })).toThrow(refused);
    expect(() => unwrapNode(root, { ...wrapped, keyVersion: 2 })).toThrow(refused);
  });
});

describe('a wrapped data key', () => {
  const leaf = { keyId, wrapped: wrapLeaf(node, keyId, dataKey) };

  it('opens under its node', () => {
    expect(unwrapLeaf(node, leaf)).toEqual(dataKey);
  });

  it('opens for no other tenant, owner, version, node key or key id', () => {
    expect(() => unwrapLeaf({ ...node, tenantId: newId(at) }, leaf)).toThrow(refused);
    expect(() => unwrapLeaf({ ...node, owner: newId<'subject'>(at) }, leaf)).toThrow(refused);
    expect(() => unwrapLeaf({ ...node, keyVersion: 2 }, leaf)).toThrow(refused);
    expect(() => unwrapLeaf({ ...node, key: newKey() }, leaf)).toThrow(refused);
    expect(() => unwrapLeaf(node, { ...leaf, keyId: newId<'key'>(at) })).toThrow(refused);
  });
});
