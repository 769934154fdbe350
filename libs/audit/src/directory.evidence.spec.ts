import { existsSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDirectory } from '@personr/testkit';
import { DirectoryEvidence } from './directory.evidence.js';
import { describeEvidenceStore } from './evidence-store.contract.spec-helper.js';

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

describeEvidenceStore('of a directory', () => new DirectoryEvidence(tempDirectory('evidence')));

describe('a directory of evidence', () => {
  let directory: string;
  let store: DirectoryEvidence;
  const text = async (path: string) => {
    const found = await store.get(path);
    return found === null ? null : Buffer.from(found).toString();
  };

  beforeEach(() => {
    directory = join(tempDirectory('evidence'), 'made', 'when needed');
    store = new DirectoryEvidence(directory);
  });

  it('lists finished files alone', async () => {
    await store.put([{ path: 'a/x', bytes: bytes('1') }]);
    writeFileSync(join(directory, 'a', 'w.0.unfinished'), 'half');
    expect(await store.list('a')).toEqual(['x']);
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

  it('says that it does not answer when a file is in the way of a directory, and keeps what it has', async () => {
    await store.put([{ path: 'a', bytes: bytes('1') }]);
    const into = store.put([{ path: 'a/one', bytes: bytes('2') }]);
    await expect(into).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    expect(await text('a')).toBe('1');
  });
});
