import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OnboardedTenant } from './onboard.js';

const SECRET = { mode: 0o600 } as const;

const fileIn = (stateDirectory: string): string => join(stateDirectory, 'credentials.json');

/** The demo tenants' credentials as an earlier start kept them, or null. For trying things out, never for production. */
export function readCredentials(stateDirectory: string): OnboardedTenant[] | null {
  const file = fileIn(stateDirectory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as OnboardedTenant[]) : null;
}

/** Keeps the credentials, readable by their owner alone; whole or not at all. */
export function keepCredentials(stateDirectory: string, tenants: readonly OnboardedTenant[]): void {
  const file = fileIn(stateDirectory);
  writeFileSync(`${file}.new`, JSON.stringify(tenants, null, 2), SECRET);
  renameSync(`${file}.new`, file);
}

/** Writes shell variables for curl and returns the file's path: API, CLIENT_ID, CLIENT_SECRET, VKEY. */
export function writeShellVariables(
  stateDirectory: string,
  { file, apiUrl, tenant }: { file: string; apiUrl: string; tenant: OnboardedTenant },
): string {
  const path = join(stateDirectory, file);
  const variables = {
    API: apiUrl,
    CLIENT_ID: tenant.clientId,
    CLIENT_SECRET: tenant.clientSecret,
    VKEY: tenant.vkey,
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(path, `${lines.join('\n')}\n`, SECRET);
  return path;
}
