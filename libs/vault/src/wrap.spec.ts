import { newId } from '@personr/kernel';
import { newKey } from './aead.js';
import { newRootId, type Root } from './keyring.js';
import { type Owner } from './vault.js';
import { unwrapNode, wrapNode } from './wrap.js';

const at = new Date(0);
const root: Root = { tenantId: newId(at), rootId: newRootId(), key: newKey() };
const owner: Owner = newId<'subject'>(at);
const node = { tenantId: root.tenantId, owner, keyVersion: 1, key: newKey() };
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
