import { isId, newId } from '@personr/kernel';
import { newKey } from './aead.js';
import {
  fillPack,
  keyIdAt,
  keysIn,
  keysOver,
  newPackId,
  openPack,
  PACK_KEYS,
  packIdOf,
  placeOf,
  repack,
  withPack,
} from './pack.js';
import { type Owner } from './vault.js';

const at = new Date('2026-11-25T12:00:00.000Z');
const owner: Owner = newId<'subject'>(at);
const node = { tenantId: newId<'tenant'>(at), owner, keyVersion: 1, key: newKey() };
const refused = expect.objectContaining({ code: 'SEAL_BROKEN' }) as Error;

/** A pack with a copy of its keys, as a hex string by label. */
const aPack = (labels = ['a', 'b', 'c']) => {
  const { pack, bytes } = fillPack(node, { packId: newPackId(at), labels });
  return { pack, keys: spelt(keysOver(pack.packId, pack.labels, bytes)) };
};
const spelt = (keys: ReadonlyMap<string, { key: Uint8Array }>) =>
  Object.fromEntries([...keys].map(([label, { key }]) => [label, Buffer.from(key).toString('hex')]));

describe('a pack of data keys', () => {
  it('opens to the keys it was filled with, each different, and leaves none in memory', () => {
    let seen: Uint8Array | undefined;
    const { pack, keys } = aPack(['a', 'b']);
    expect(keys.a).not.toBe(keys.b);
    const opened = withPack(node, pack, (open) => {
      seen = open.get('a')?.key;
      return spelt(open);
    });
    expect(opened).toEqual(keys);
    expect(seen).toEqual(new Uint8Array(32));
  });

  it('names its keys by ids that lead back to it and to their places', () => {
    const { pack } = aPack();
    const ids = keysIn(pack).map(([, keyId]) => keyId);
    expect(new Set(ids).size).toBe(3);
    expect(ids.map(placeOf)).toEqual([0, 1, 2]);
    expect(ids.every((keyId) => isId(keyId) && packIdOf(keyId) === pack.packId)).toBe(true);
    expect(packIdOf(keyIdAt(pack.packId, PACK_KEYS - 1))).toBe(pack.packId);
    expect([...ids].sort()).toEqual(ids);
  });

  it('is refused after a flip of any one bit, and cut short', () => {
    const { pack } = aPack(['a']);
    for (let bit = 0; bit < pack.sealed.length * 8; bit += 1) {
      const damaged = Buffer.from(pack.sealed);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => openPack(node, { ...pack, sealed: damaged })).toThrow(refused);
    }
    expect(() => openPack(node, { ...pack, sealed: pack.sealed.subarray(0, -1) })).toThrow(refused);
  });

  it('opens for no other tenant, owner, version, node key, id or label', () => {
    const { pack } = aPack();
    expect(() => openPack({ ...node, tenantId: newId(at) }, pack)).toThrow(refused);
    expect(() => openPack({ ...node, owner: newId<'subject'>(at) }, pack)).toThrow(refused);
    expect(() => openPack({ ...node, keyVersion: 2 }, pack)).toThrow(refused);
    expect(() => openPack({ ...node, key: newKey() }, pack)).toThrow(refused);
    expect(() => openPack(node, { ...pack, packId: newPackId(at) })).toThrow(refused);
    expect(() => openPack(node, { ...pack, labels: ['b', 'a', 'c'] })).toThrow(refused);
    expect(() => openPack(node, { ...pack, labels: ['a', 'b', null] })).toThrow(refused);
  });

  it('repacked without a key holds the others, under their ids, and nothing of the one that went', () => {
    const { pack, keys } = aPack();
    const to = { ...node, keyVersion: 2, key: newKey() };
    const gone = new Set([keyIdAt(pack.packId, 1)]);
    const left = repack(pack, { from: node, to, gone });
    expect(left.labels).toEqual(['a', null, 'c']);
    expect(keysIn(left)).toEqual(keysIn(pack).filter(([label]) => label !== 'b'));
    expect(withPack(to, left, spelt)).toEqual({ a: keys.a, c: keys.c });
    expect(openPack(to, left).toString('hex')).not.toContain(keys.b);
    expect(() => openPack(node, left)).toThrow(refused);
    const fewer = repack(left, {
      from: to,
      to: { ...to, keyVersion: 3 },
      gone: new Set([keyIdAt(pack.packId, 0)]),
    });
    expect(withPack({ ...to, keyVersion: 3 }, fewer, spelt)).toEqual({ c: keys.c });
  });

  it('holds no more keys than their ids can tell apart', () => {
    const labels = Array.from({ length: PACK_KEYS + 1 }, (_, label) => String(label));
    expect(() => aPack(labels)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }) as Error);
    expect(keysIn(aPack(labels.slice(1)).pack)).toHaveLength(PACK_KEYS);
  });
});
