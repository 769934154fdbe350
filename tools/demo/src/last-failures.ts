import { readFileSync } from 'node:fs';
import { type Stack } from '@personr/stack';

const ERROR_LEVEL = 50;
const LINES = 3;

/** What api and worker logged last as an error: kinds and places, no personal data. */
export function lastFailures({ logFiles }: Stack): string {
  return (['api', 'worker'] as const)
    .flatMap((name) => failuresIn(logFiles[name]).map((line) => `${name}: ${line}`))
    .join('\n');
}

function failuresIn(file: string | undefined): string[] {
  if (file === undefined) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.filter((line) => !line.startsWith('{') || levelOf(line) >= ERROR_LEVEL).slice(-LINES);
}

function levelOf(line: string): number {
  try {
    return (JSON.parse(line) as { level: number }).level;
  } catch {
    return ERROR_LEVEL;
  }
}
