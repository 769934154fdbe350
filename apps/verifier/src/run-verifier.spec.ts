import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aReceipt } from '@personr/proof/testing';
import { ed25519Signer, type Receipt } from '@personr/proof';
import { runCommand } from './run-command.spec-helper.js';

const ORIGIN = 'personr.example/log/9f3c';

let directory: string;

/** Runs the command with one file, as receipt.json or on standard input. */
async function run(argv: string[], file?: string) {
  const path = join(directory, 'receipt.json');
  if (file === undefined) rmSync(path, { force: true });
  else writeFileSync(path, file);
  return runCommand(
    argv.map((word) => (word === 'receipt.json' ? path : word)),
    { stdin: Buffer.from(file ?? '') },
  );
}

const command = (vkey: string, ...more: string[]) => ['receipt', 'receipt.json', '--key', vkey, ...more];

let receipt: Receipt;
let vkey: string;
let file: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'personr-verify-'));
  ({ receipt, vkey } = await aReceipt());
  file = JSON.stringify(receipt);
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe('R-102: personr-verify receipt', () => {
  it('accepts a receipt, from a file and from standard input, and says what is proved and what is not', async () => {
    const { code, out, err } = await run(command(vkey), file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`VERIFIED: DELETE ${receipt.body.instructionId} ended as COMPLETED.`);
    expect(out).toMatch(/\n\nProved\n {2}- .+\n\nAttested by Personr\n {2}- .+\n\nUnknown\n {2}- /s);
    expect((await run(['receipt', '-', `--key=${vkey}`], file)).out).toBe(out);
  });

  it('prints the verdict as JSON', async () => {
    const { code, out } = await run(command(vkey, '--json'), file);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      verified: true,
      instructionId: receipt.body.instructionId,
      outcome: 'COMPLETED',
      origin: ORIGIN,
      treeSize: 11,
      index: 5,
    });
  });

  it('refuses a receipt whose body was changed', async () => {
    const changed = file.replace('"remaining":0', '"remaining":1');
    const { code, out, err } = await run(command(vkey), changed);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^REFUSED \(PROOF_INVALID\): The body of the receipt is not the one/);
    const json = await run(command(vkey, '--json'), changed);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ verified: false, code: 'PROOF_INVALID' });
  });

  it('refuses a receipt under another key, also one of the same name', async () => {
    for (const name of [ORIGIN, 'other.example/log']) {
      const other = ed25519Signer(name, new Uint8Array(32).fill(1));
      const { code, err } = await run(command(other.vkey), file);
      expect(code).toBe(1);
      expect(err).toContain('None of the trusted keys signed');
    }
  });

  it('accepts a receipt when one of several pinned keys signed it', async () => {
    const older = ed25519Signer(ORIGIN, new Uint8Array(32).fill(1));
    expect((await run(command(older.vkey, '--key', vkey), file)).code).toBe(0);
  });

  it.each(['', 'garbage', '{}', '[1]', '\u0000\u0001', '<html></html>'])(
    'refuses %j, which is not a receipt, with a clear sentence',
    async (garbage) => {
      const { code, out, err } = await run(command(vkey), garbage);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/^REFUSED \(PROOF_INVALID\): .*(not JSON|not a receipt)/);
    },
  );

  it('never takes the key from anywhere but the command line, and says how to get one', async () => {
    const { code, out, err } = await run(
      ['receipt', 'receipt.json'],
      JSON.stringify({ ...receipt, key: vkey }),
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^No key was given\. Take the verifier key from your agreement/);
  });

  it.each([
    ['nothing', []],
    ['another command', ['proof', 'receipt.json', '--key', 'k']],
    ['no file', ['receipt', '--key', 'k']],
    ['two files', ['receipt', 'receipt.json', 'more.json', '--key', 'k']],
    ['an unknown option', ['receipt', 'receipt.json', '--key', 'k', '--trust', 'p']],
    ['an option of another command', ['receipt', 'receipt.json', '--key', 'k', '--from', '1']],
    ['a policy that is not there', ['receipt', 'receipt.json', '--policy', 'none']],
    ['a quorum of nobody', ['receipt', 'receipt.json', '--key', 'k', '--quorum', '1']],
    ['nobody to require', ['receipt', 'receipt.json', '--key', 'k', '--require-witness']],
    ['a key that is not one', ['receipt', 'receipt.json', '--key', 'k']],
    ['a file that is not there', ['receipt', 'none.json', '--key', 'k']],
  ])('ends with 2 and a sentence when given %s', async (_, argv) => {
    const { code, out, err } = await run(argv, file);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^[A-Z-].+\.\s/);
  });

  it('explains itself', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, err: '' });
  });

  it('prints nothing that could command a terminal', async () => {
    const policyVersion = 'a\u001b[2J\u009b\u202eb\n- forged';
    const made = await aReceipt({ body: { policyVersion } });
    const { code, out } = await run(command(made.vkey), JSON.stringify(made.receipt));
    expect(code).toBe(0);
    expect(out).toContain('version a?[2J??b?- forged.');
  });
});
