import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { entryBundlePath, TILE_WIDTH } from '@personr/proof';
import { ephemeralDirectory } from '@personr/stack';

const ROOM = fileURLToPath(new URL('../../../apps/verifier', import.meta.url));
const OFFLINE = ['--offline', '--no-audit', '--no-fund', '--silent'];

/** What the verifier said, and whether it accepted. */
export type Verdict = { readonly accepted: boolean; readonly said: string };

/**
 * The verifier as an outsider has it: packed as it is published, installed into an empty directory, and run as a process of its
 * own with one key and no environment.
 */
export class OutsideVerifier {
  private constructor(
    private readonly directory: string,
    private readonly program: string,
  ) {}

  /** Packs and installs it, without a network. Throws when that cannot be done. */
  static async install(): Promise<OutsideVerifier> {
    const directory = ephemeralDirectory('verifier');
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    await npm(['pack', '--silent', '--pack-destination', directory, ROOM], directory);
    const packed = readdirSync(directory).find((name) => name.endsWith('.tgz'));
    await npm(['install', ...OFFLINE, join(directory, packed ?? '')], empty);
    const program = join(empty, 'node_modules', '@personr', 'verifier', 'dist', 'personr-verify.mjs');
    return new OutsideVerifier(directory, program);
  }

  /** Gives it a receipt and the key to trust. Throws when it could not follow the command. */
  run(receipt: string, vkey: string): Promise<Verdict> {
    const file = join(this.directory, 'receipt.json');
    writeFileSync(file, receipt);
    return this.ask(['receipt', file, '--key', vkey]);
  }

  /** Gives it a whole log, as a copy that it may keep, and the key to trust. Throws as `run` does. */
  log(evidence: string, vkey: string): Promise<Verdict> {
    return this.ask(['log', evidence, '--key', vkey, '--state', join(this.directory, 'seen')]);
  }

  /** Copies a log and changes one byte of its last entry in the first bundle. Returns where the copy is. */
  copyWithOneByteChanged(evidence: string): string {
    const copy = join(this.directory, 'changed');
    cpSync(evidence, copy, { recursive: true });
    const [, size = ''] = readFileSync(join(copy, 'checkpoint'), 'utf8').split('\n');
    const bundle = join(copy, entryBundlePath(0, Math.min(TILE_WIDTH, Number(size))));
    const bytes = readFileSync(bundle);
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
    writeFileSync(bundle, bytes);
    return copy;
  }

  private async ask(argv: readonly string[]): Promise<Verdict> {
    const { code, out, err } = await run(process.execPath, [this.program, ...argv], this.directory, {});
    if (code !== 0 && code !== 1) throw new Error(`the verifier cannot be run: ${err.trim()}`);
    return { accepted: code === 0, said: (code === 0 ? out : err).trim() };
  }
}

async function npm(argv: readonly string[], directory: string): Promise<void> {
  const { code, err } = await run('npm', argv, directory, process.env);
  if (code !== 0) throw new Error(`the verifier cannot be packed and installed: ${err.trim()}`);
}

async function run(program: string, argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(program, argv, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, out, err };
}
