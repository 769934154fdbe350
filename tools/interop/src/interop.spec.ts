import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ed25519Signer, fromBase64 } from '@personr/proof';
import { aCosigner, aReceipt, cosigned, publishedLog } from '@personr/proof/testing';

const SOURCE = join(__dirname, '..', 'go');
// Where Go is installed when not by a package; and no other Go is fetched for it.
const ENV = {
  ...process.env,
  PATH: [process.env.PATH ?? '', '/usr/local/go/bin'].join(delimiter),
  GOTOOLCHAIN: 'local',
  GOFLAGS: '-mod=readonly',
};

/** Why there is no Go program to ask, or null. */
function whyNot(): string | null {
  if (spawnSync('go', ['version'], { env: ENV }).status !== 0) return 'Go is not installed';
  const fetched = spawnSync('go', ['mod', 'download'], { env: ENV, cwd: SOURCE, timeout: 60_000 });
  return fetched.status === 0 ? null : 'the Go module proxy cannot be reached';
}

const reason = whyNot();
const describeWhereHad = reason === null ? describe : describe.skip;
const because = reason === null ? '' : ` (skipped: ${reason})`;

describeWhereHad(`R-99, R-102: golang.org/x/mod/sumdb${because}`, () => {
  const signer = ed25519Signer('personr.example/log/9f3c', new Uint8Array(32).fill(7));
  const other = ed25519Signer('personr.example/log/9f3c', new Uint8Array(32).fill(8));
  let root: string;
  let program: string;
  let made = 0;

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'personr-interop-'));
    program = join(root, 'interop');
    execFileSync('go', ['build', '-trimpath', '-o', program, '.'], { env: ENV, cwd: SOURCE, stdio: 'pipe' });
  }, 300_000);

  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  const ask = (...argv: string[]) => {
    const { status, stdout, stderr } = spawnSync(program, argv, { encoding: 'utf8' });
    return { accepted: status === 0, said: `${stdout}${stderr}`.trim() };
  };

  const write = (text: string | Uint8Array): string => {
    const file = join(root, `file-${(made += 1)}`);
    writeFileSync(file, text);
    return file;
  };

  async function aLog(size: number): Promise<string> {
    const directory = join(root, `log-${(made += 1)}`);
    const entries = Array.from({ length: size }, (_, at) => Buffer.from(`{"entry":${at}}`));
    for (const [path, bytes] of await publishedLog(entries, signer)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    return directory;
  }

  it.each([1, 255, 256, 257, 65_536, 65_537, 70_000])(
    'verifies a log of %p entries that we wrote',
    async (size) => {
      const log = await aLog(size);
      expect(ask('log', log, signer.vkey)).toEqual({ accepted: true, said: `${size} entries` });
      expect(ask('log', log, other.vkey).accepted).toBe(false);
    },
  );

  it('refuses a log of ours in which one bit of any kind of file was turned', async () => {
    const log = await aLog(515);
    for (const path of [
      'checkpoint',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/3',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/002.p/3',
    ]) {
      const bytes = readFileSync(join(log, path));
      const turned = Buffer.from(bytes);
      turned[Math.floor(bytes.length / 2)]! ^= 1;
      writeFileSync(join(log, path), turned);
      expect({ path, ...ask('log', log, signer.vkey) }).toMatchObject({ path, accepted: false });
      writeFileSync(join(log, path), bytes);
    }
    expect(ask('log', log, signer.vkey).accepted).toBe(true);
  });

  it('verifies the proof of a receipt that we wrote, and refuses it changed or for another entry', async () => {
    const { receipt, vkey } = await aReceipt({ size: 1000, index: 700 });
    const entry = write(fromBase64(receipt.entry)!);
    expect(ask('proof', write(receipt.proof), entry, vkey)).toEqual({
      accepted: true,
      said: 'entry 700 of 1000, signed by 1',
    });
    expect(ask('proof', write(receipt.proof), write('{}'), vkey).accepted).toBe(false);
    const [first = '', ...rest] = receipt.proof.split('\n').slice(2);
    const changed = receipt.proof.replace(first, rest[0]!);
    expect(ask('proof', write(changed), entry, vkey).accepted).toBe(false);
    expect(ask('proof', write(receipt.proof.replace('index 700', 'index 701')), entry, vkey).accepted).toBe(
      false,
    );
    expect(ask('proof', write(receipt.proof), entry, other.vkey).accepted).toBe(false);
  });

  it('verifies cosignatures that we wrote, under the log’s own signature', async () => {
    const [one, two] = [aCosigner(1), aCosigner(2)];
    const { receipt, vkey } = await aReceipt({ witnesses: [one] });
    const entry = write(fromBase64(receipt.entry)!);
    const file = write(receipt.proof);
    expect(ask('proof', file, entry, vkey, one.vkey)).toEqual({
      accepted: true,
      said: 'entry 5 of 11, signed by 2',
    });
    expect(ask('proof', file, entry, vkey, two.vkey).accepted).toBe(false);
    const elsewhere = await aReceipt({ size: 12 });
    const line = cosigned(elsewhere.note, [one]).slice(elsewhere.note.length);
    const plain = await aReceipt();
    const forged = write(plain.receipt.proof + line);
    expect(ask('proof', forged, write(fromBase64(plain.receipt.entry)!), vkey, one.vkey).accepted).toBe(
      false,
    );
  });
});
