import { readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { type ProcessFacts } from './process-findings.js';

/** Reads what `processFindings` judges. `nodeOptions` is the environment's NODE_OPTIONS. */
export function readProcess(nodeOptions: string): ProcessFacts {
  return {
    limits: textOf('/proc/self/limits'),
    corePattern: textOf('/proc/sys/kernel/core_pattern'),
    swaps: textOf('/proc/swaps'),
    isEncrypted,
    flags: [...process.execArgv, ...nodeOptions.split(/\s+/).filter(Boolean), ...reportFlags()],
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** A dm-crypt device says so in its uuid; compressed memory (zram) with no disk behind it is no disk. */
function isEncrypted(device: string): boolean {
  try {
    const name = basename(realpathSync(device));
    if (name.startsWith('zram')) return textOf(`/sys/class/block/${name}/backing_dev`)?.trim() === 'none';
    return textOf(`/sys/class/block/${name}/dm/uuid`)?.startsWith('CRYPT-') === true;
  } catch {
    return false;
  }
}

/** A report can be turned on by other means than a flag. */
function reportFlags(): string[] {
  const { reportOnFatalError, reportOnSignal, reportOnUncaughtException } = process.report;
  return [
    ...(reportOnFatalError ? ['--report-on-fatalerror'] : []),
    ...(reportOnSignal ? ['--report-on-signal'] : []),
    ...(reportOnUncaughtException ? ['--report-uncaught-exception'] : []),
  ];
}
