import 'reflect-metadata';
import { cpus, release, totalmem } from 'node:os';
import { erasure } from './erasure.js';
import { evidence } from './evidence.js';
import { exporting } from './export.js';
import { type Figure, report } from './figure.js';
import { documents, intake } from './intake.js';
import { restore } from './restore.js';
import { smoke } from './smoke.js';
import { verifying } from './evidence-verifying.js';

const BENCHES: Readonly<Record<string, (options: { isQuick: boolean }) => Promise<Figure[]>>> = {
  documents,
  erasure,
  evidence,
  export: exporting,
  intake,
  restore,
  smoke,
  verifying,
};

/** Runs one benchmark by name. Resolves with the exit code: 0 even when a target is missed, 1 for no such name. */
async function main(args: readonly string[]): Promise<number> {
  const out = args.indexOf('--out');
  const file = out === -1 ? undefined : args[out + 1];
  const name = args.find((arg) => !arg.startsWith('--') && arg !== file) ?? '';
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    console.error(
      `npm run bench -- NAME [--quick] [--out FILE], with NAME one of: ${Object.keys(BENCHES).join(', ')}`,
    );
    return 1;
  }
  const environment = {
    environment: {
      at: new Date().toISOString(),
      node: process.version,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
    },
  };
  report(environment, await bench({ isQuick: args.includes('--quick') }), file);
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
