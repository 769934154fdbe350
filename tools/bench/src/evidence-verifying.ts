import { spawn } from 'node:child_process';
import { createPublicKey, hash, verify } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseVkey, parseWitnessVkey, quorumOf, verifyReceipt, type Ed25519Verify } from '@personr/proof';
import { aCosigner, aReceipt } from '@personr/proof/testing';
import { layOutLog, type LogOnDisk } from './evidence-log-files.js';
import { type Figure, judge, median, quantile } from './figure.js';
import { peakRssOf } from './process-memory.js';

const VERIFIER = fileURLToPath(new URL('../../../apps/verifier/dist/personr-verify.mjs', import.meta.url));
const FULL = 10_000_000;
const QUICK = 200_000;

/** What to measure. `say` tells whoever waits how far it is. */
export type VerifyingOptions = { readonly isQuick: boolean; readonly say: (line: string) => void };

/**
 * How fast evidence is verified: a whole log of 10,000,000 entries (200,000 when quick) by the packed verifier in a process of
 * its own, beside SHA-256 alone over the same files; and receipts, beside SHA-256 over the same text. Needs no server.
 */
export async function measureVerifying({ isQuick, say }: VerifyingOptions): Promise<Figure[]> {
  return [...(await ofLog(isQuick ? QUICK : FULL, { runs: isQuick ? 3 : 1, say })), ...(await ofReceipts())];
}

/** The same as a bench of its own. */
export const verifying = ({ isQuick }: { isQuick: boolean }): Promise<Figure[]> =>
  measureVerifying({
    isQuick,
    say: (line) => {
      console.error(line);
    },
  });

async function ofLog(
  size: number,
  { runs, say }: { runs: number; say: (line: string) => void },
): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'personr-bench-log-'));
  try {
    say(`laying out a log of ${size} entries`);
    const log = await layOutLog(directory, size);
    const [rates, hashed, peaks]: [number[], number[], number[]] = [[], [], []];
    for (let run = 0; run < runs; run++) {
      say('hashing its files, and verifying it');
      hashed.push(
        size /
          (millisecondsOf(() => {
            hashAlone(log);
          }) /
            1000),
      );
      const { seconds, peak } = await verifyOutside(log);
      rates.push(size / seconds);
      peaks.push(peak);
    }
    const common = { bench: 'evidence', case: `log of ${size} verified offline`, n: runs };
    return [
      judge({
        ...common,
        metric: 'entries',
        value: median(rates),
        unit: '/s',
        better: 'higher',
        target: 150_000,
        baseline: median(hashed),
      }),
      judge({ ...common, metric: 'RSS', value: median(peaks), unit: 'MB', target: 200 }),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** SHA-256 over each file with entries, and nothing else: what reading and hashing cost at the least. */
function hashAlone({ directory }: LogOnDisk): void {
  const files = readdirSync(join(directory, 'tile/entries'), { recursive: true, withFileTypes: true });
  for (const file of files) {
    if (file.isFile()) hash('sha256', readFileSync(join(file.parentPath, file.name)));
  }
}

async function verifyOutside(log: LogOnDisk): Promise<{ seconds: number; peak: number }> {
  let peak = 0;
  const seconds = await secondsOf(async () => {
    const argv = [VERIFIER, 'log', log.directory, '--key', log.vkey, '--no-state', '--json'];
    const child = spawn(process.execPath, argv, { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
    const measured = await peakRssOf(child.pid, () => text(child.stdout));
    peak = measured.peak;
    const { verified, size } = JSON.parse(measured.result) as { verified: boolean; size: number };
    if (!verified || size !== log.size) throw new Error('the verifier did not verify the log');
  });
  return { seconds, peak };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

const RECEIPTS = 200;

/** A receipt alone, and one that is anchored and cosigned by two, by pure code as in a browser and with Node's Ed25519. */
async function ofReceipts(): Promise<Figure[]> {
  const witnesses = [aCosigner(1), aCosigner(2)];
  const { receipt, vkey, metaVkey } = await aReceipt({ size: 1000, index: 700, anchor: { witnesses } });
  const whole = JSON.stringify(receipt);
  const by = (ed25519?: Ed25519Verify) => {
    const keys = [parseVkey(vkey, ed25519)];
    const quorum = quorumOf(witnesses.map((witness) => parseWitnessVkey(witness.vkey, ed25519)));
    const trust = { metaKeys: [parseVkey(metaVkey, ed25519)], quorum, requireWitness: true };
    return { alone: () => verifyReceipt(whole, keys), anchored: () => verifyReceipt(whole, keys, trust) };
  };
  const [pure, node] = [by(), by(nodeEd25519)];
  return [
    ...timesOf('receipt, as in a browser', pure.alone, whole),
    ...timesOf('receipt', node.alone, whole),
    ...timesOf('receipt with two witnesses, as in a browser', pure.anchored, whole),
    ...timesOf('receipt with two witnesses', node.anchored, whole),
  ];
}

function timesOf(name: string, act: () => unknown, whole: string): Figure[] {
  const [times, hashed]: [number[], number[]] = [[], []];
  for (let run = 0; run < RECEIPTS; run++) {
    hashed.push(millisecondsOf(() => hash('sha256', whole)));
    times.push(millisecondsOf(act));
  }
  const common = { bench: 'evidence', case: `${name} verified`, unit: 'ms', n: RECEIPTS, target: 5 };
  return [
    judge({ ...common, metric: 'p50', value: median(times), baseline: median(hashed) }),
    judge({ ...common, metric: 'p99', value: quantile(times, 0.99), baseline: quantile(hashed, 0.99) }),
  ];
}

function millisecondsOf(act: () => unknown): number {
  const startedAt = performance.now();
  act();
  return performance.now() - startedAt;
}

// RFC 8410, section 4: what precedes the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

const nodeEd25519: Ed25519Verify = (signature, message, publicKey) => {
  const key = createPublicKey({ key: Buffer.concat([SPKI, publicKey]), format: 'der', type: 'spki' });
  return verify(null, message, key, signature);
};
