import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ephemeralDirectory } from '@personr/stack';

const VERIFIER = fileURLToPath(new URL('../../../apps/verifier/dist/personr-verify.mjs', import.meta.url));

/** What the verifier said, and whether it accepted. */
export type Verdict = { readonly accepted: boolean; readonly said: string };

/** The verifier as an outsider runs it: a process of its own with one file, one key and no environment. */
export class OutsideVerifier {
  private readonly directory = ephemeralDirectory('receipts');

  /** Gives it a receipt and the key to trust. Throws when it could not follow the command. */
  async run(receipt: string, vkey: string): Promise<Verdict> {
    const file = join(this.directory, 'receipt.json');
    writeFileSync(file, receipt);
    const child = spawn(process.execPath, [VERIFIER, 'receipt', file, '--key', vkey], {
      cwd: this.directory,
      env: {},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const [said, refused, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    if (code !== 0 && code !== 1) throw new Error(`the verifier cannot be run: ${refused.trim()}`);
    return { accepted: code === 0, said: (code === 0 ? said : refused).trim() };
  }
}
