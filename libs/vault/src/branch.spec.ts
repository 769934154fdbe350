import { newId } from '@personr/kernel';
import { newKey } from './aead.js';
import {
  type Branch,
  bucketOf,
  FAN_OUT,
  openBranch,
  parentOf,
  sealBranch,
  slotsIn,
  usedBy,
} from './branch.js';
import { newRootId } from './keyring.js';

const tenantId = newId<'tenant'>(new Date());
const binding = { tenantId, tree: 'SUBJECTS', rootId: null } as const;
const refused = expect.objectContaining({ code: 'SEAL_BROKEN' }) as Error;

const aBranch = (slots: readonly number[], key = newKey()) => {
  const children = new Map(slots.map((slot) => [slot, newKey()]));
  const branch = sealBranch(key, binding, { level: 1, place: 7, version: 3, children });
  return { key, children, branch };
};

describe('a branch of the key tree', () => {
  it.each([[[]], [[0]], [[31]], [[0, 5, 31]], [Array.from({ length: FAN_OUT }, (_, slot) => slot)]])(
    'opens to the children it was sealed with: %j',
    (slots) => {
      const { key, children, branch } = aBranch(slots);
      expect(slotsIn(branch.used)).toEqual(slots);
      const opened = [...openBranch(key, binding, branch).children];
      expect(opened.map(([slot, child]) => [slot, Buffer.from(child)])).toEqual([...children]);
    },
  );

  it('fits into a row of less than 2 kB when it is full', () => {
    const { branch } = aBranch(Array.from({ length: FAN_OUT }, (_, slot) => slot));
    expect(branch.used).toBe(-1);
    expect(branch.sealed.length).toBeLessThan(2000);
  });

  it('opens for no other key, tenant, tree, root, level, place, version or set of slots', () => {
    const { key, children, branch } = aBranch([0, 5]);
    const others: readonly Partial<Branch>[] = [
      { level: 0 },
      { place: 8 },
      { version: 4 },
      { used: usedBy(new Map([...children].map(([slot, child]) => [slot + 1, child]))) },
    ];
    for (const other of others) {
      expect(() => openBranch(key, binding, { ...branch, ...other })).toThrow(refused);
    }
    expect(() => openBranch(newKey(), binding, branch)).toThrow(refused);
    expect(() => openBranch(key, { ...binding, tenantId: newId(new Date()) }, branch)).toThrow(refused);
    expect(() => openBranch(key, { ...binding, tree: 'REQUESTS' }, branch)).toThrow(refused);
    expect(() => openBranch(key, { ...binding, rootId: newRootId() }, branch)).toThrow(refused);
  });

  it('is found from the place of a node, level by level', () => {
    expect(bucketOf(33 * 32 + 5)).toEqual({ level: 0, place: 33 });
    expect(parentOf({ level: 0, place: 33 })).toEqual({ level: 1, place: 1 });
    expect(parentOf({ level: 1, place: 1 })).toEqual({ level: 2, place: 0 });
  });
});
