import { newId } from '@personr/kernel';
import { newKey } from './aead.js';
import { type Keyring, newRootId, type Root } from './keyring.js';
import { noSmallDisk } from './small-disk.spec-helper.js';

/** A keyring with means to harm its second replica, as a machine or a person might. */
export type HarmedKeyring = {
  readonly keyring: Keyring;
  /** Takes the replica away and gives it back as it was when it went. */
  readonly detach: () => Promise<void>;
  readonly attach: () => Promise<void>;
  /** While it is away, puts something empty where it was, as an unmounted disk leaves a directory; `attach` takes it away. */
  readonly putEmptyPlace: () => Promise<void>;
  /** Keeps what the replica holds now, and later puts it back over what it holds then. */
  readonly keepCopy: () => Promise<void>;
  readonly putCopyBack: () => Promise<void>;
  /** Changes one bit of what the replica holds of this root. */
  readonly tamper: (root: Root) => Promise<void>;
  /** Leaves the replica no room, or takes away the right to write to it. Only asked for where there is a small disk. */
  readonly fill: () => Promise<void>;
  readonly makeReadOnly: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Describes what every keyring must do, and what it does when a replica fails. `make` gives a new, empty one. */
export function describeKeyring(name: string, make: () => Promise<HarmedKeyring>): void {
  const aRoot = (): Root => ({ tenantId: newId(new Date()), rootId: newRootId(), key: newKey() });

  describe(`${name} as a keyring`, () => {
    let harm!: HarmedKeyring;
    beforeEach(async () => {
      harm = await make();
    });
    afterEach(() => harm.close());

    it('holds on every replica what it has prepared', async () => {
      const { keyring } = harm;
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
      const { keyring } = harm;
      const root = aRoot();
      await keyring.prepare([root]);
      expect(await keyring.read({ ...root, tenantId: aRoot().tenantId })).toBeNull();
      expect(await keyring.read({ ...root, rootId: newRootId() })).toBeNull();
    });

    it('prepares the same root twice without harm, and refuses another key by its name', async () => {
      const { keyring } = harm;
      const root = aRoot();
      await keyring.prepare([root]);
      await keyring.prepare([root]);
      await expect(keyring.prepare([{ ...root, key: newKey() }])).rejects.toMatchObject({
        code: 'KEYRING_INCOMPLETE',
      });
      expect(await keyring.read(root)).toEqual(root.key);
    });

    it('destroys what it is told and nothing else, as often as it is told', async () => {
      const { keyring } = harm;
      const [gone, kept] = [aRoot(), aRoot()] as const;
      await keyring.prepare([gone, kept]);
      await keyring.destroy([gone]);
      await keyring.destroy([gone, aRoot()]);
      expect((await keyring.readAll(gone)).every((copy) => copy === null)).toBe(true);
      expect(await keyring.read(kept)).toEqual(kept.key);
    });

    it('lists each root once, of every tenant or of one', async () => {
      const { keyring } = harm;
      const [one, other] = [aRoot(), aRoot()] as const;
      await keyring.prepare([one, other]);
      const names = [one, other].map(({ tenantId, rootId }) => ({ tenantId, rootId }));
      expect(await keyring.list()).toEqual(expect.arrayContaining(names));
      expect(await keyring.list()).toHaveLength(2);
      expect(await keyring.list(one.tenantId)).toEqual([names[0]]);
      expect(await keyring.list(aRoot().tenantId)).toEqual([]);
    });

    it('gives keys that its reader may overwrite', async () => {
      const { keyring } = harm;
      const root = aRoot();
      await keyring.prepare([root]);
      (await keyring.read(root))?.fill(0);
      expect(await keyring.read(root)).toEqual(root.key);
    });

    it('R-64: neither prepares nor says destroyed while a replica is away, and reads from the other', async () => {
      const { keyring } = harm;
      const [root, next] = [aRoot(), aRoot()] as const;
      await keyring.prepare([root]);
      await harm.detach();
      await expect(keyring.prepare([next])).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
      await expect(keyring.destroy([root])).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
      await harm.attach();
      expect(await keyring.readAll(root)).toContainEqual(root.key);
      await keyring.prepare([next]);
      await keyring.destroy([root]);
      expect(await keyring.readAll(root)).toEqual([null, null]);
      expect(await keyring.readAll(next)).toEqual([next.key, next.key]);
    });

    it('R-64: is not whole, and founds nothing by itself, while an empty place stands for a replica that is away', async () => {
      const { keyring } = harm;
      const [root, next] = [aRoot(), aRoot()] as const;
      await keyring.prepare([root]);
      await harm.detach();
      await harm.putEmptyPlace();
      await expect(keyring.check()).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
      await expect(keyring.prepare([next])).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
      await expect(keyring.destroy([root])).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
      await harm.attach();
      expect(await keyring.check()).toBe(2);
      expect(await keyring.readAll(root)).toContainEqual(root.key);
    });

    it('shows a root that comes back with an old copy of a replica, and destroys it when told again', async () => {
      const { keyring } = harm;
      const [old, next] = [aRoot(), aRoot()] as const;
      await keyring.prepare([old]);
      await harm.keepCopy();
      await keyring.prepare([next]);
      await keyring.destroy([old]);
      await harm.putCopyBack();
      expect(await keyring.list(old.tenantId)).toEqual([{ tenantId: old.tenantId, rootId: old.rootId }]);
      expect(await keyring.readAll(next)).toEqual([next.key, null]);
      await keyring.destroy([old]);
      await keyring.prepare([next]);
      expect(await keyring.list(old.tenantId)).toEqual([]);
      expect(await keyring.readAll(next)).toEqual([next.key, next.key]);
    });

    it('takes a copy with one changed bit for damage, reads the other, and mends it', async () => {
      const { keyring } = harm;
      const root = aRoot();
      await keyring.prepare([root]);
      await harm.tamper(root);
      expect(await keyring.readAll(root)).toEqual([root.key, null]);
      expect(await keyring.read(root)).toEqual(root.key);
      await keyring.prepare([root]);
      expect(await keyring.readAll(root)).toEqual([root.key, root.key]);
    });

    const onSmallDisk = noSmallDisk === null ? it : it.skip;

    onSmallDisk.each(['fill', 'makeReadOnly'] as const)(
      `says so when a replica takes nothing more (%s), and leaves what is there${noSmallDisk === null ? '' : `; skipped: ${noSmallDisk}`}`,
      async (fault) => {
        const { keyring } = harm;
        const root = aRoot();
        await keyring.prepare([root]);
        await harm[fault]();
        await expect(keyring.prepare([aRoot()])).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
        expect(await keyring.readAll(root)).toEqual([root.key, root.key]);
      },
    );
  });
}
