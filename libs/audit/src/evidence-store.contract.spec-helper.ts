import { type EvidenceStore } from './evidence-store.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** What every evidence store must keep. `make` gives an empty one. */
export function describeEvidenceStore(
  name: string,
  make: () => Promise<EvidenceStore> | EvidenceStore,
): void {
  describe(`the evidence store ${name}`, () => {
    let store: EvidenceStore;
    const text = async (path: string) => {
      const found = await store.get(path);
      return found === null ? null : Buffer.from(found).toString();
    };

    beforeEach(async () => {
      store = await make();
    });

    it('gives back what was put, the last of one path, and null for what was not', async () => {
      await store.put([
        { path: 'a/b/one', bytes: bytes('1') },
        { path: 'a/two', bytes: bytes('') },
      ]);
      await store.put([{ path: 'a/b/one', bytes: bytes('again') }]);
      expect([await text('a/b/one'), await text('a/two')]).toEqual(['again', '']);
      for (const path of ['a/three', 'b', 'a/b/one/under-a-file']) expect(await text(path)).toBeNull();
      await store.put([]);
    });

    it('keeps what a tile and a bundle are named like beside each other', async () => {
      const paths = [
        'o.example/log/1/tile/0/x001/234',
        'o.example/log/1/tile/0/x001/234.p/7',
        'o.example/log/1/checkpoint',
      ];
      await store.put(paths.map((path) => ({ path, bytes: Uint8Array.from(Buffer.from(path)) })));
      for (const path of paths) expect(await text(path)).toBe(path);
      expect(await store.list('o.example/log/1/tile/0/x001/234.p')).toEqual(['7']);
      expect(await store.list('o.example/log/1/tile/0/x001')).toEqual(['234']);
    });

    it('lists the files right below a path, and removes those that are there', async () => {
      await store.put(['a/x', 'a/y', 'a/b/z', 'ab/c'].map((path) => ({ path, bytes: bytes(path) })));
      expect((await store.list('a')).sort()).toEqual(['x', 'y']);
      expect(await store.list('nowhere')).toEqual([]);
      await store.remove(['a/x', 'a/x', 'nowhere/at-all']);
      await store.remove([]);
      expect(await store.list('a')).toEqual(['y']);
      expect(await text('a/b/z')).toBe('a/b/z');
    });

    it('lists more files than one answer of a server holds', async () => {
      const names = Array.from({ length: 1100 }, (_, at) => String(at));
      await store.put(names.map((path) => ({ path: `many/${path}`, bytes: bytes(path) })));
      expect((await store.list('many')).sort()).toEqual([...names].sort());
      await store.remove(names.map((path) => `many/${path}`));
      expect(await store.list('many')).toEqual([]);
    });

    it.each(['../one', 'a/../../one', '/one', 'a//one', 'a/.', '.hidden', 'a b', 'a\\b', 'ä', ''])(
      'takes nothing to %j, which is no path of it',
      async (path) => {
        const refused = { code: 'SERVICE_UNAVAILABLE' };
        await expect(store.put([{ path, bytes: bytes('1') }])).rejects.toMatchObject(refused);
        await expect(store.get(path)).rejects.toMatchObject(refused);
        await expect(store.list(path)).rejects.toMatchObject(refused);
        await expect(store.remove([path])).rejects.toMatchObject(refused);
      },
    );
  });
}
