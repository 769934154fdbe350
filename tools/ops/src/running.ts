import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OwnerEnvironment } from './ops.module.js';

const fileIn = (stateDirectory: string): string => join(stateDirectory, 'running.json');

/** Says where the servers are, while they run, to other commands of the same user. */
export function keepRunning(stateDirectory: string, environment: OwnerEnvironment): void {
  writeFileSync(fileIn(stateDirectory), JSON.stringify(environment), { mode: 0o600 });
}

/** Where the servers of a running product are; null when nothing says so. */
export function readRunning(stateDirectory: string): OwnerEnvironment | null {
  const file = fileIn(stateDirectory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OwnerEnvironment) : null;
}

/** They run no more. */
export function forgetRunning(stateDirectory: string): void {
  rmSync(fileIn(stateDirectory), { force: true });
}
