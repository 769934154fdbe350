import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tempDirectory } from '@personr/testkit';
import { FilesystemObjects } from './filesystem.objects.js';
import { describeObjectStore } from './object-store.contract.spec-helper.js';

const directory = tempDirectory('objects');

describeObjectStore('in a file system', () =>
  Promise.resolve({
    objects: new FilesystemObjects(directory),
    keepsVersions: false,
    abandon: async (name) => {
      const path = join(directory, `${name}.3f6c.part`);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'half of it');
    },
    close: () => Promise.resolve(),
  }),
);

describe('objects in a file system', () => {
  it('leave no file and no directory of a subject behind', async () => {
    const home = tempDirectory('objects');
    const objects = new FilesystemObjects(home);
    const broken = new Error('the source broke');
    // eslint-disable-next-line @typescript-eslint/require-await -- an async source
    async function* source(): AsyncIterable<Uint8Array> {
      yield Buffer.from('some');
      throw broken;
    }
    await expect(objects.put('aa/bb/cc', source())).rejects.toBe(broken);
    expect(await readdir(join(home, 'aa', 'bb'))).toEqual([]);
    await objects.put(
      'aa/bb/cc',
      (async function* () {
        yield await Promise.resolve(Buffer.from('x'));
      })(),
    );
    await objects.remove({ prefix: 'aa/bb/' });
    expect(await readdir(join(home, 'aa'))).toEqual([]);
  });

  it('are not ready in a place that is none', async () => {
    const home = tempDirectory('objects');
    await writeFile(join(home, 'file'), '');
    await expect(new FilesystemObjects(join(home, 'file')).check()).rejects.toThrow();
  });
});
