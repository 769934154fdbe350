import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { aCosigner, aReceipt } from './testing.js';

const ROOT = join(__dirname, '..', '..', '..');

/** This room as one script, as a page would load it, and the names of all that it imports. */
function bundled(): { script: string; imports: string[] } {
  const directory = mkdtempSync(join(tmpdir(), 'personr-browser-'));
  try {
    const [outfile, metafile] = ['proof.js', 'meta.json'].map((name) => join(directory, name));
    execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [
      join(ROOT, 'libs/proof/src/index.ts'),
      '--bundle',
      '--platform=browser',
      '--format=iife',
      '--global-name=proof',
      `--alias:@personr/kernel=${join(ROOT, 'libs/kernel/src/index.ts')}`,
      `--outfile=${outfile}`,
      `--metafile=${metafile}`,
      '--log-level=error',
    ]);
    const { inputs } = JSON.parse(readFileSync(metafile!, 'utf8')) as {
      inputs: Record<string, { imports: { path: string; external?: boolean }[] }>;
    };
    const imports = Object.entries(inputs).flatMap(([path, input]) => [
      path,
      ...input.imports.filter(({ external }) => external === true).map((one) => one.path),
    ]);
    return { script: readFileSync(outfile!, 'utf8'), imports };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('in a browser, proof', () => {
  const { script, imports } = bundled();

  it('needs nothing of Node', () => {
    expect(imports.filter((path) => path.startsWith('node:') || path === 'crypto')).toEqual([]);
    expect(script).not.toMatch(/require\(|\bBuffer\b|\bprocess\./);
  });

  it('verifies an anchored receipt, and refuses it changed, where there is only what a page has', async () => {
    const witness = aCosigner(1);
    const { receipt, vkey, metaVkey } = await aReceipt({ anchor: { witnesses: [witness] } });
    const page = createContext({
      TextEncoder,
      TextDecoder,
      atob,
      btoa,
      Uint8Array,
      crypto: globalThis.crypto,
    });
    runInContext(script, page);
    const verify = (text: string): unknown =>
      runInContext(
        `try {
          const quorum = proof.quorumOf([proof.parseWitnessVkey(${JSON.stringify(witness.vkey)})]);
          const trust = { metaKeys: [${JSON.stringify(metaVkey)}], quorum, requireWitness: true };
          proof.verifyReceipt(${JSON.stringify(text)}, [${JSON.stringify(vkey)}], trust).anchoring.state;
        } catch (error) { error.code; }`,
        page,
      );
    const text = JSON.stringify(receipt);
    expect(verify(text)).toBe('COSIGNED');
    expect(verify(text.replace('"erased":14', '"erased":15'))).toBe('PROOF_INVALID');
  });
});
