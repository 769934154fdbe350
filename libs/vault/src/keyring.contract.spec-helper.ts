import { newId } from '@personr/kernel';
import { newKey } from './aead.js';
import { type Keyring, newRootId, type Root } from './keyring.js';

/** Describes what every keyring must do. `make` gives a new, empty one. */
export function describeKeyring(name: string, make: () => Promise<Keyring>): void {
  const aRoot = (): Root => ({ tenantId: newId(new Date()), rootId: newRootId(), key: newKey() });

  describe(`${name} as a keyring`, () => {
    it('holds on every replica what it has prepared', async () => {
      const keyring = await make();
      const roots = [aRoot(), aRoot()];
      await keyring.prepare(roots);
      for (const root of roots) {
        const copies = await keyring.readAll(root);
        expect(copies.length).toBeGreaterThanOrEqual(2);
        expect(copies.every((copy) => copy?.equals(root.key))).toBe(true);
        expect(await keyring.read(root)).toEqual(root.key);
      }
    });

    it('holds only what it has prepared: not under another tenant, not under another name', async () => {
      const keyring = await make();
      const root = aRoot();
      await keyring.prepare([root]);
      expect(await keyring.read({ ...root, tenantId: aRoot().tenantId })).toBeNull();
      expect(await keyring.read({ ...root, rootId: newRootId() })).toBeNull();
    });

    it('prepares the same root twice without harm, and refuses another key by its name', async () => {
      const keyring = await make();
      const root = aRoot();
      await keyring.prepare([root]);
      await keyring.prepare([root]);
      await expect(keyring.prepare([{ ...root, key: newKey() }])).rejects.toMatchObject({
        code: 'KEYRING_INCOMPLETE',
      });
      expect(await keyring.read(root)).toEqual(root.key);
    });

    it('destroys what it is told and nothing else, as often as it is told', async () => {
      const keyring = await make();
      const [gone, kept] = [aRoot(), aRoot()] as const;
      await keyring.prepare([gone, kept]);
      await keyring.destroy([gone]);
      await keyring.destroy([gone, aRoot()]);
      expect((await keyring.readAll(gone)).every((copy) => copy === null)).toBe(true);
      expect(await keyring.read(kept)).toEqual(kept.key);
    });

    it('lists each root once, of every tenant or of one', async () => {
      const keyring = await make();
      const [one, other] = [aRoot(), aRoot()] as const;
      await keyring.prepare([one, other]);
      const names = [one, other].map(({ tenantId, rootId }) => ({ tenantId, rootId }));
      expect(await keyring.list()).toEqual(expect.arrayContaining(names));
      expect(await keyring.list()).toHaveLength(2);
      expect(await keyring.list(one.tenantId)).toEqual([names[0]]);
      expect(await keyring.list(aRoot().tenantId)).toEqual([]);
    });

    it('gives keys that its reader may overwrite', async () => {
      const keyring = await make();
      const root = aRoot();
      await keyring.prepare([root]);
      (await keyring.read(root))?.fill(0);
      expect(await keyring.read(root)).toEqual(root.key);
    });
  });
}
