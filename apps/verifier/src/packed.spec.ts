import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ed25519Signer, formatAddCheckpoint, formatCheckpoint, hashLeaf, signNote } from '@personr/proof';
import { aReceipt, MemoryLog } from '@personr/proof/testing';
import { LogFiles, someEntries } from './log-files.spec-helper.js';

const ROOM = join(__dirname, '..');
const run = promisify(execFile);

let root: string;
let program: string;

/** Packs the room as it is published, and installs that into an empty directory. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'personr-packed-'));
  const room = join(root, 'room');
  const empty = join(root, 'empty');
  mkdirSync(room);
  mkdirSync(empty);
  const manifest = readFileSync(join(ROOM, 'package.json'), 'utf8');
  const { scripts, dependencies } = JSON.parse(manifest) as {
    scripts: { build: string };
    dependencies?: object;
  };
  expect(dependencies).toBeUndefined();
  for (const name of ['package.json', 'README.md']) cpSync(join(ROOM, name), join(room, name));
  const build = scripts.build.replace('--outfile=', `--outfile=${room}/`);
  execFileSync('sh', ['-c', `PATH="${join(ROOM, '../../node_modules/.bin')}:$PATH" ${build}`], { cwd: ROOM });
  await run('npm', ['pack', '--silent', room], { cwd: root });
  const [packed] = readdirSync(root).filter((name) => name.endsWith('.tgz'));
  const offline = ['--offline', '--no-audit', '--no-fund', '--silent'];
  await run('npm', ['install', ...offline, join(root, packed!)], { cwd: empty });
  program = join(empty, 'node_modules', '.bin', 'personr-verify');
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Runs what was installed, in a world that has nothing but Node. */
async function verify(...argv: string[]) {
  const env = { PATH: process.env.PATH, HOME: root };
  try {
    const { stdout } = await run(program, argv, { cwd: join(root, 'empty'), env });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stderr } = error as { code: number; stderr: string };
    return { code, out: stderr };
  }
}

describe('R-102: the packed verifier, installed into an empty directory', () => {
  it('is one file, with nothing beside it', () => {
    const modules = join(root, 'empty', 'node_modules');
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['@personr']);
    const files = readdirSync(join(modules, '@personr', 'verifier'), {
      recursive: true,
      withFileTypes: true,
    });
    const names = files.filter((file) => file.isFile()).map(({ name }) => name);
    expect(names.sort()).toEqual(['README.md', 'package.json', 'personr-verify.mjs']);
  });

  it('verifies a receipt and refuses a changed one', async () => {
    const { receipt, vkey } = await aReceipt();
    const file = join(root, 'receipt.json');
    writeFileSync(file, JSON.stringify(receipt));
    expect(await verify('receipt', file, '--key', vkey)).toMatchObject({ code: 0 });
    writeFileSync(file, JSON.stringify(receipt).replace('"erased":14', '"erased":15'));
    expect(await verify('receipt', file, '--key', vkey)).toMatchObject({ code: 1 });
    expect(await verify('receipt', file)).toMatchObject({ code: 2 });
  });

  it('verifies a log, remembers it, and refuses it rewritten', async () => {
    const signer = ed25519Signer('personr.example/log/1', new Uint8Array(32).fill(7));
    const log = new LogFiles(join(root, 'log'), signer);
    await log.append(someEntries(1000));
    const key = ['--key', signer.vkey];
    expect((await verify('log', log.directory, ...key)).out).toContain('all 1000 entries');
    expect((await verify('log', log.directory, ...key)).out).toContain('that were seen here at');
    const other = new LogFiles(join(root, 'other'), signer);
    await other.append(someEntries(1000, 1));
    expect(await verify('log', other.directory, ...key)).toMatchObject({ code: 1 });
  });

  it('R-99: two witnesses on one state, killed in the middle, cosign one history only', async () => {
    const signer = ed25519Signer('personr.example/meta', new Uint8Array(32).fill(7));
    const checkpoints: string[] = [];
    for (let fork = 0; fork < 12; fork++) {
      const log = new MemoryLog();
      await log.append(someEntries(5, fork * 100).map(hashLeaf));
      checkpoints.push(
        signNote(formatCheckpoint({ origin: signer.name, size: 5, root: log.root }), [signer]),
      );
    }
    const argv = ['witness', '--key', signer.vkey, '--name', 'w.example', '--secret', join(root, 'w.pem')];
    const start = async () => {
      const child = spawn(program, [...argv, '--state', join(root, 'w')], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      return { child, url: /http:\S+/.exec(said.toString())![0] };
    };
    const first = await start();
    const witnesses = [first, await start()];
    const cosigned = new Set<string>();
    const ask = async (url: string, checkpoint: string) => {
      const body = formatAddCheckpoint({ oldSize: 0, path: [], checkpoint });
      const answer = await fetch(`${url}/add-checkpoint`, { method: 'POST', body }).catch(() => null);
      if (answer?.status === 200) cosigned.add(checkpoint);
    };
    try {
      const asked = checkpoints.map((checkpoint, at) => ask(witnesses[at % 2]!.url, checkpoint));
      await Promise.race(asked);
      first.child.kill('SIGKILL');
      await Promise.all(asked);
      const third = await start();
      witnesses.push(third);
      for (const checkpoint of checkpoints) await ask(third.url, checkpoint);
    } finally {
      for (const { child } of witnesses) child.kill('SIGKILL');
    }
    expect(cosigned.size).toBeLessThanOrEqual(1);
    const again = await start();
    const statuses = [];
    for (const checkpoint of checkpoints) {
      const body = formatAddCheckpoint({ oldSize: 5, path: [], checkpoint });
      statuses.push((await fetch(`${again.url}/add-checkpoint`, { method: 'POST', body })).status);
    }
    again.child.kill('SIGKILL');
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(11);
  });
});
