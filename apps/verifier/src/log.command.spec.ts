import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ed25519Signer, hashLeaf } from '@personr/proof';
import { aCosigner, COSIGNED_AT, cosigned } from '@personr/proof/testing';
import { LogFiles, serveDirectory, someEntries, treeOf } from './log-files.spec-helper.js';
import { runCommand, type World } from './run-command.spec-helper.js';

const ORIGIN = 'personr.example/log/9f3c';
const signer = ed25519Signer(ORIGIN, new Uint8Array(32).fill(7));
const GOLDEN = [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000];

let root: string;
let made = 0;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'personr-verify-log-'));
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

const fresh = (): string => join(root, String((made += 1)));

async function aLog(size: number, at = fresh()): Promise<LogFiles> {
  const files = new LogFiles(at, signer);
  await files.append(someEntries(size));
  return files;
}

/** Verifies a log; it remembers nothing unless `state` says where. */
const verify = (place: string, more: readonly string[] = [], { state, ...world }: World = {}) =>
  runCommand(
    [
      'log',
      place,
      '--key',
      signer.vkey,
      ...(state === undefined ? ['--no-state'] : ['--state', state]),
      ...more,
    ],
    world,
  );

const refused = async (place: string, sentence: RegExp, more: readonly string[] = []) => {
  const { code, out, err } = await verify(place, more);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(sentence);
};

describe('R-99: personr-verify log', () => {
  it.each([0, ...GOLDEN])('derives a log of %p entries anew and accepts it', async (size) => {
    const { directory } = await aLog(size);
    const { code, out, err } = await verify(directory, ['--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ verified: true, origin: ORIGIN, size, from: 0, resumedAt: 0 });
  });

  it('says in words what is proved and what no log can tell', async () => {
    const { directory } = await aLog(300);
    const { out } = await verify(directory);
    expect(out).toContain(`VERIFIED: the log ${ORIGIN}, all 300 entries.`);
    expect(out).toContain('Every entry from 0 to 299 was read and hashed, and leads to that root');
    expect(out).toContain('Whether others were shown the same log: no witness’s signature was checked.');
  });

  it('names the entry that was changed, wherever it is', async () => {
    const size = 1000;
    for (const entry of [0, 255, 256, 511, 767, 999]) {
      const files = await aLog(size);
      const entries = someEntries(size);
      entries[entry] = Buffer.from(`{"entry":${'x'.repeat(String(entry).length)}}`);
      const index = Math.floor(entry / 256);
      const path = index < 3 ? `tile/entries/00${index}` : 'tile/entries/003.p/232';
      const changed = new LogFiles(fresh(), signer);
      await changed.append(entries);
      files.write(path, changed.read(path));
      await refused(files.directory, new RegExp(`PROOF_INVALID\\): Entry ${entry} is not the one`));
    }
  });

  it('sees any one bit turned in any file of the log', async () => {
    const files = await aLog(515);
    const paths = readdirSync(files.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(files.directory.length + 1));
    expect(paths).toHaveLength(8);
    for (const path of paths) {
      const bytes = files.read(path);
      for (const at of [0, 1, Math.floor(bytes.length / 2), bytes.length - 2, bytes.length - 1]) {
        const turned = Buffer.from(bytes);
        turned[at]! ^= 1 << (at % 8);
        files.write(path, turned);
        const { code, out } = await verify(files.directory);
        expect({ path, at, code, out }).toEqual({ path, at, code: 1, out: '' });
      }
      files.write(path, bytes);
    }
    expect((await verify(files.directory)).code).toBe(0);
  });

  it('refuses a log that is re-signed by another key of its name, whatever key lies beside it', async () => {
    const forged = new LogFiles(fresh(), ed25519Signer(ORIGIN, new Uint8Array(32).fill(8)));
    await forged.append(someEntries(9));
    forged.write('key', ed25519Signer(ORIGIN, new Uint8Array(32).fill(8)).vkey);
    await refused(forged.directory, /None of the trusted keys signed/);
  });

  it('refuses a root that was signed over other entries', async () => {
    const files = await aLog(300);
    const other = await treeOf(someEntries(300, 1));
    files.sign({ origin: ORIGIN, size: 300, root: other.root });
    await refused(files.directory, /do not lead to the root that was signed/);
  });

  it('refuses a log that lacks a tile or a bundle', async () => {
    for (const path of ['tile/0/001', 'tile/1/000.p/2', 'tile/0/002.p/3']) {
      const files = await aLog(515);
      rmSync(join(files.directory, path));
      await refused(files.directory, new RegExp(`EVIDENCE_MISSING\\): The log lacks ${path}`));
    }
    const files = await aLog(515);
    rmSync(join(files.directory, 'tile/entries/001'));
    await refused(files.directory, /The entries from 256 on are missing, though earlier ones are there/);
  });

  it('takes the full file where the partial one went when the log grew', async () => {
    const files = await aLog(300);
    const checkpoint = files.read('checkpoint');
    await files.append(someEntries(400, 300));
    for (const path of ['tile/0/001.p', 'tile/entries/001.p'])
      rmSync(join(files.directory, path), { recursive: true });
    files.write('checkpoint', checkpoint);
    expect((await verify(files.directory)).code).toBe(0);
  });

  it('draws a bar for whoever watches, and takes it away', async () => {
    const { directory } = await aLog(70_000);
    const { err } = await verify(directory, [], { isWatched: true });
    expect(err).toMatch(/\r\[#+ +\] [\d,]+ of 70,000 entries, [\d,]+\/s/);
    expect(err.endsWith('\r\u001b[K')).toBe(true);
    expect((await verify(directory)).err).toBe('');
  });

  it('tells a place that is no log from one that is wrong', async () => {
    const { code, err } = await verify(root);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'There is no checkpoint at that place: it is not a log.\n',
    });
  });
});

describe('R-96: a pruned log', () => {
  const prune = ({ directory }: LogFiles, bundles: number) => {
    for (let index = 0; index < bundles; index++) rmSync(join(directory, `tile/entries/00${index}`));
  };

  it('is verified from the first entry that is there, and the verifier says which', async () => {
    const files = await aLog(1000);
    prune(files, 2);
    const { code, out } = await verify(files.directory);
    expect(code).toBe(0);
    expect(out).toContain('entries from 512 to 999');
    expect(out).toContain('What the entries before 512 said: they were pruned.');
  });

  it('is refused where entries are wanted that are gone', async () => {
    const files = await aLog(1000);
    prune(files, 2);
    expect((await verify(files.directory, ['--from', '512'])).code).toBe(0);
    await refused(files.directory, /The entries before 512 are missing/, ['--from', '511']);
  });

  it('is refused when a hash tile below the horizon was changed, or nothing is left', async () => {
    const files = await aLog(1000);
    prune(files, 2);
    const tile = files.read('tile/0/000');
    tile[5]! ^= 1;
    files.write('tile/0/000', tile);
    await refused(files.directory, /tile\/1\/000\.p\/3 is not what follows/);
    const empty = await aLog(512);
    prune(empty, 2);
    await refused(empty.directory, /None of the entries of the log is there/);
  });
});

describe('R-99: what personr-verify remembers of a log', () => {
  it('is proved to begin it still, as it grows', async () => {
    const files = await aLog(300);
    const state = fresh();
    expect((await verify(files.directory, [], { state })).out).toContain(
      'none of its checkpoints was remembered',
    );
    await files.append(someEntries(300, 300));
    const { code, out } = await verify(files.directory, [], { state });
    expect(code).toBe(0);
    expect(out).toContain('It begins with the 300 entries that were seen here at 2026-11-30T12:00:00.000Z');
    expect((await verify(files.directory, [], { state })).out).toContain(
      'the 600 entries that were seen here',
    );
  });

  it('is held against a log that was rewritten, though every signature and root is in order', async () => {
    const state = fresh();
    const files = await aLog(300);
    await verify(files.directory, [], { state });
    const other = new LogFiles(fresh(), signer);
    await other.append(someEntries(400, 1));
    expect((await verify(other.directory)).code).toBe(0);
    const { code, err } = await verify(other.directory, [], { state });
    expect(code).toBe(1);
    expect(err).toContain('is not the one that had 300 entries at 2026-11-30T12:00:00.000Z');
    expect((await verify(files.directory, [], { state })).code).toBe(0);
  });

  it('is held against two roots for one size, and a log that got smaller', async () => {
    const state = fresh();
    await verify((await aLog(300)).directory, [], { state });
    const twin = new LogFiles(fresh(), signer);
    await twin.append(someEntries(300, 1));
    expect((await verify(twin.directory, [], { state })).err).toContain(
      'is not the one that had 300 entries',
    );
    expect((await verify((await aLog(299)).directory, [], { state })).err).toContain(
      'entries were taken away',
    );
  });

  it('is nothing of a log that was refused', async () => {
    const state = fresh();
    const files = await aLog(300);
    const tile = files.read('tile/0/000');
    files.write('tile/0/000', Buffer.alloc(tile.length));
    expect((await verify(files.directory, [], { state })).code).toBe(1);
    files.write('tile/0/000', tile);
    expect((await verify(files.directory, [], { state })).out).toContain(
      'none of its checkpoints was remembered',
    );
  });

  it('is never overlooked when it is damaged, or cannot be kept', async () => {
    const state = fresh();
    const { directory } = await aLog(3);
    await verify(directory, [], { state });
    const [name] = readdirSync(state);
    writeFileSync(join(state, name!), '{}');
    expect(await verify(directory, [], { state })).toMatchObject({ code: 2, out: '' });
    expect(await verify(directory, [], { state: join(directory, 'checkpoint', 'no') })).toMatchObject({
      code: 2,
    });
  });
});

describe('a run that was broken off', () => {
  const SIZE = 140_000;
  let files: LogFiles;

  beforeAll(async () => {
    files = await aLog(SIZE);
  });

  /** Copies the log without what lies from bundle 513 on, so that a run ends there after it noted how far it was. */
  async function brokenOff(state: string): Promise<string> {
    const copy = fresh();
    cpSync(files.directory, copy, { recursive: true });
    rmSync(join(copy, 'tile/entries/513'));
    expect((await verify(copy, [], { state })).code).toBe(1);
    return copy;
  }

  it('is gone on with, and does not read again what it had read', async () => {
    const state = fresh();
    await brokenOff(state);
    const server = await serveDirectory(files.directory);
    const { code, out } = await verify(server.url, ['--json'], { state });
    server.close();
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ resumedAt: 131_072, size: SIZE, from: 0 });
    expect(server.asked).not.toContain('/tile/entries/511');
    expect(server.asked).toContain('/tile/entries/512');
    const again = await verify(files.directory, ['--json'], { state });
    expect(JSON.parse(again.out)).toMatchObject({ resumedAt: 0 });
  });

  it('is believed no more than the log: what it noted is not what is there, then all is read anew', async () => {
    const state = fresh();
    await brokenOff(state);
    const [name] = readdirSync(state);
    const noted = JSON.parse(readFileSync(join(state, name!), 'utf8')) as {
      unfinished: { levels: string[] };
    };
    const level = Buffer.from(noted.unfinished.levels[2]!, 'base64');
    noted.unfinished.levels[2] = Buffer.alloc(level.length).toString('base64');
    writeFileSync(join(state, name!), JSON.stringify(noted));
    const { code, out } = await verify(files.directory, ['--json'], { state });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ resumedAt: 0, size: SIZE });
  });
});

describe('a log behind a web server', () => {
  it('is read with the credential that was given, and with none from a static server', async () => {
    const { directory } = await aLog(600);
    const open = await serveDirectory(directory);
    expect((await verify(open.url)).code).toBe(0);
    open.close();
    const shut = await serveDirectory(directory, ({ headers }) =>
      headers.authorization === 'Bearer let-me-in' ? null : 401,
    );
    expect((await verify(shut.url, [], { bearer: 'let-me-in' })).code).toBe(0);
    const file = `${fresh()}.bearer`;
    writeFileSync(file, 'let-me-in\n');
    expect((await verify(`${shut.url}/`, ['--bearer-file', file], { bearer: 'other' })).code).toBe(0);
    const { code, err } = await verify(shut.url);
    expect({ code, err }).toEqual({
      code: 2,
      err: 'The server of the evidence answered 401: it wants another credential.\n',
    });
    shut.close();
  });

  it('is asked again when it is overloaded', async () => {
    const { directory } = await aLog(10);
    let refusals = 0;
    const server = await serveDirectory(directory, ({ url }) =>
      url === '/tile/0/000.p/10' && (refusals += 1) === 1 ? 503 : null,
    );
    expect((await verify(server.url)).code).toBe(0);
    expect(refusals).toBeGreaterThan(1);
    server.close();
  });

  it('gets no credential in the clear', async () => {
    const { code, err } = await verify('http://personr.example/log', [], { bearer: 'secret' });
    expect({ code, err }).toEqual({ code: 2, err: 'A credential is sent over https only.\n' });
  });

  it('cannot fill the memory', async () => {
    const files = await aLog(10);
    files.write('tile/0/000.p/10', Buffer.alloc(100_000));
    const server = await serveDirectory(files.directory);
    expect((await verify(server.url)).err).toContain('longer than it can be');
    expect((await verify(files.directory)).err).toContain('longer than it can be');
    server.close();
  });
});

describe('personr-verify checkpoint', () => {
  const head = (place: string, more: readonly string[] = []) =>
    runCommand(['checkpoint', place, '--key', signer.vkey, ...more]);

  it('verifies a head, and that it goes on from the one before where the tiles are', async () => {
    const state = ['--state', fresh()];
    const files = await aLog(300);
    const file = join(files.directory, 'checkpoint');
    expect((await head(file, state)).out).toContain(`VERIFIED: the head of ${ORIGIN}, at 300 entries.`);
    await files.append(someEntries(300, 300));
    const server = await serveDirectory(files.directory);
    expect((await head(`${server.url}/checkpoint`, state)).out).toContain(
      'the 300 entries that were seen here',
    );
    server.close();
    const alone = `${fresh()}.txt`;
    await files.append(someEntries(1, 600));
    writeFileSync(alone, files.read('checkpoint'));
    expect((await head(alone, state)).out).toContain('Whether it goes on from the 600 entries seen here');
    expect((await head(file, state)).out).toContain('the 600 entries that were seen here');
  });

  it('refuses a head that forks or forgets what was seen', async () => {
    const state = ['--state', fresh()];
    const files = await aLog(300);
    await head(join(files.directory, 'checkpoint'), state);
    const twin = new LogFiles(fresh(), signer);
    await twin.append(someEntries(300, 1));
    const alone = `${fresh()}.txt`;
    writeFileSync(alone, twin.read('checkpoint'));
    expect((await head(alone, state)).err).toContain('is not the one that had 300 entries');
    writeFileSync(alone, (await aLog(5)).read('checkpoint'));
    expect((await head(alone, state)).err).toContain('entries were taken away');
  });

  it('counts witnesses, by flags and by a policy', async () => {
    const [one, two] = [aCosigner(1), aCosigner(2)];
    const files = await aLog(3);
    files.write('checkpoint', cosigned(files.read('checkpoint').toString(), [one]));
    const file = join(files.directory, 'checkpoint');
    const witnesses = ['--no-state', '--witness', one.vkey, '--witness', two.vkey];
    expect((await head(file, [...witnesses, '--quorum', '1', '--require-witness'])).out).toContain(
      `Witness ${one.name} cosigned it at ${new Date(COSIGNED_AT * 1000).toISOString()}`,
    );
    expect((await head(file, [...witnesses, '--require-witness'])).code).toBe(1);
    expect((await head(file, witnesses)).out).toContain('not as many witnesses as you ask for cosigned it');
    const policy = `${fresh()}.policy`;
    const by = (lines: readonly string[], more: readonly string[] = []) => {
      writeFileSync(policy, `log ${signer.vkey}\n${lines.join('\n')}\n`);
      return runCommand(['checkpoint', file, '--no-state', '--policy', policy, ...more]);
    };
    const known = [`witness A ${one.vkey}`, `witness B ${two.vkey}`];
    expect((await by([...known, 'group G any A B', 'quorum G'])).code).toBe(0);
    expect((await by([...known, 'group G all A B', 'quorum G'])).code).toBe(1);
    expect((await by([...known, 'group G all A B', 'quorum G'], ['--allow-pending'])).code).toBe(0);
    expect((await by([...known, 'quorum none'])).code).toBe(0);
    expect((await by(['quorum nobody'])).code).toBe(2);
  });
});

it('hashes as the format says: the leaf hash of an entry is the tile’s', async () => {
  const files = await aLog(2);
  const [first, second] = someEntries(2).map(hashLeaf);
  expect(files.read('tile/0/000.p/2')).toEqual(Buffer.concat([first!, second!]));
  expect(existsSync(join(files.directory, 'tile/1'))).toBe(false);
});
