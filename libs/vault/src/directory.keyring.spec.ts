import { constants } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@personr/kernel';
import { newKey } from './aead.js';
import { DirectoryKeyring } from './directory.keyring.js';
import { describeKeyring } from './keyring.contract.spec-helper.js';
import { newRootId, type Root } from './keyring.js';
import { noSmallDisk, SmallDisk } from './small-disk.spec-helper.js';

const homes: string[] = [];

async function twoDirectories(): Promise<[string, string]> {
  const home = await mkdtemp(join(tmpdir(), 'personr-keyring-'));
  homes.push(home);
  return [join(home, 'first'), join(home, 'second')];
}

async function aKeyring() {
  const directories = await twoDirectories();
  const keyring = new DirectoryKeyring(directories);
  await keyring.found();
  const root: Root = { tenantId: newId(new Date()), rootId: newRootId(), key: newKey() };
  await keyring.prepare([root]);
  const files = directories.map((directory) => join(directory, root.tenantId, root.rootId));
  return { keyring, root, directories, first: files[0]!, second: files[1]! };
}

afterAll(() => Promise.all(homes.map((home) => rm(home, { recursive: true, force: true }))));

describeKeyring('two directories', async () => {
  const home = await mkdtemp(join(tmpdir(), 'personr-keyring-'));
  homes.push(home);
  const disk = noSmallDisk === null ? await SmallDisk.mount(join(home, 'disk')) : null;
  const second = join(disk?.path ?? home, 'second');
  const keyring = new DirectoryKeyring([join(home, 'first'), second]);
  await keyring.found();
  const kept = join(home, 'kept');
  return {
    keyring,
    detach: () => rename(second, `${second}.away`),
    attach: async () => {
      await rm(second, { recursive: true, force: true });
      await rename(`${second}.away`, second);
    },
    putEmptyPlace: async () => {
      await mkdir(second, { mode: 0o700 });
    },
    keepCopy: () => cp(second, kept, { recursive: true, mode: constants.COPYFILE_FICLONE }),
    putCopyBack: async () => {
      await rm(second, { recursive: true });
      await cp(kept, second, { recursive: true });
    },
    tamper: async ({ tenantId, rootId }) => {
      const file = join(second, tenantId, rootId);
      const bytes = await readFile(file);
      bytes[10]! ^= 1;
      await writeFile(file, bytes);
    },
    fill: () => disk!.fill(),
    makeReadOnly: () => disk!.makeReadOnly(),
    close: async () => {
      await disk?.unmount();
    },
  };
});

describe('a keyring in directories', () => {
  it('refuses fewer than two different directories', () => {
    for (const directories of [[], ['/srv/a'], ['/srv/a', '/srv/b/../a']]) {
      expect(() => new DirectoryKeyring(directories)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
      );
    }
  });

  it('keeps files to its own user', async () => {
    const { directories, root, first } = await aKeyring();
    expect((await stat(first)).mode & 0o777).toBe(0o600);
    for (const path of [directories[0], join(directories[0], root.tenantId)]) {
      expect((await stat(path)).mode & 0o777).toBe(0o700);
    }
  });

  it('refuses a replica that others may read, and a root that is a link', async () => {
    const unsafe = { code: 'KEYRING_UNSAFE' };
    const { keyring, root, directories, first } = await aKeyring();
    await chmod(directories[1], 0o750);
    await expect(keyring.check()).rejects.toMatchObject(unsafe);
    await chmod(first, 0o644);
    await expect(keyring.read(root)).rejects.toMatchObject(unsafe);
    await rm(first);
    await symlink('/dev/zero', first);
    await expect(keyring.read(root)).rejects.toMatchObject(unsafe);
  });

  it.each(['cut short', 'changed', 'absent'])('reads past a copy that is %s and mends it', async (damage) => {
    const { keyring, root, first } = await aKeyring();
    if (damage === 'cut short') await truncate(first, 20);
    if (damage === 'changed') await writeFile(first, Buffer.alloc(65, 1));
    if (damage === 'absent') await rm(first);
    expect(await keyring.read(root)).toEqual(root.key);
    expect(await keyring.readAll(root)).toEqual([null, root.key]);
    await keyring.prepare([root]);
    expect(await keyring.readAll(root)).toEqual([root.key, root.key]);
  });

  it('does not take the file of one root for another', async () => {
    const { keyring, root, first } = await aKeyring();
    const other = { ...root, rootId: newRootId(), key: newKey() };
    await keyring.prepare([other]);
    await writeFile(first, await readFile(first.replace(root.rootId, other.rootId)));
    expect(await keyring.readAll(root)).toEqual([null, root.key]);
  });

  it('destroys the draft that a crash left of a root, too', async () => {
    const { keyring, root, first } = await aKeyring();
    await writeFile(`${first}.new`, await readFile(first), { mode: 0o600 });
    await keyring.destroy([root]);
    expect(await readdir(join(first, '..'))).toEqual([]);
    expect(await keyring.list()).toEqual([]);
  });

  it('does not say a root is destroyed while one replica cannot be written', async () => {
    const { keyring, root, second, directories } = await aKeyring();
    await rm(join(directories[1], root.tenantId), { recursive: true });
    await writeFile(join(second, '..'), 'not a directory');
    await expect(keyring.destroy([root])).rejects.toMatchObject({ code: 'KEYRING_INCOMPLETE' });
  });
});
