import { existsSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tempDirectory } from '@personr/testkit';
import { DirectoryEvidence } from './directory.evidence.js';

/** What this process holds open, where the system shows it. */
const openFiles = (): string[] => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd') : []);

/** Whether a file that this process holds open lies below a directory; the one that lists them is gone by then. */
const isBelow = (file: string, directory: string): boolean => {
  try {
    return readlinkSync(`/proc/self/fd/${file}`).startsWith(directory);
  } catch {
    return false;
  }
};

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('a directory of evidence', () => {
  let directory: string;
  let store: DirectoryEvidence;
  const text = async (path: string) => {
    const found = await store.get(path);
    return found === null ? null : Buffer.from(found).toString();
  };

  beforeEach(() => {
    directory = join(tempDirectory('evidence'), 'made', 'when needed');
    store = DirectoryEvidence.at(pathToFileURL(directory).href);
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

  it('lists the files right below a path, finished ones alone, and removes those that are there', async () => {
    await store.put(['a/x', 'a/y', 'a/b/z'].map((path) => ({ path, bytes: bytes(path) })));
    writeFileSync(join(directory, 'a', 'w.0.unfinished'), 'half');
    expect((await store.list('a')).sort()).toEqual(['x', 'y']);
    expect(await store.list('nowhere')).toEqual([]);
    await store.remove(['a/x', 'a/x', 'nowhere/at-all']);
    expect(await store.list('a')).toEqual(['y']);
    expect(await text('a/b/z')).toBe('a/b/z');
  });

  it('is its owner’s alone', async () => {
    await store.put([{ path: 'a/b/one', bytes: bytes('1') }]);
    for (const path of ['', 'a', 'a/b', 'a/b/one']) {
      expect(statSync(join(directory, path)).mode & 0o077).toBe(0);
    }
  });

  it('leaves nothing half done behind, whether it could write all or not', async () => {
    await store.put([{ path: 'a/one', bytes: bytes('1') }]);
    const long = { path: `a/${'x'.repeat(250)}`, bytes: bytes('its draft has a name that is too long') };
    const failing = store.put([{ path: 'a/two', bytes: bytes('2') }, long]);
    await expect(failing).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(readdirSync(join(directory, 'a'))).toEqual(['one']);
    expect(openFiles().filter((file) => isBelow(file, directory))).toEqual([]);
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

  it('says that it does not answer when a file is in the way of a directory, and keeps what it has', async () => {
    await store.put([{ path: 'a', bytes: bytes('1') }]);
    const into = store.put([{ path: 'a/one', bytes: bytes('2') }]);
    await expect(into).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await text('a')).toBe('1');
  });

  it.each(['file://host/directory', 'file:///directory?x=1', 's3://bucket', 'directory', ''])(
    'is not at %j',
    (url) => {
      expect(() => DirectoryEvidence.at(url)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
      );
    },
  );
});
