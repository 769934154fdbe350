import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a directory of the caller's own. It is removed with all it holds when the run of the tests ends. */
export function tempDirectory(label = 'spec'): string {
  const run = process.env.PERSONR_TEST_DIRECTORY;
  const directory = mkdtempSync(join(run ?? tmpdir(), `personr-${label}-`));
  if (run === undefined)
    process.once('exit', () => {
      rmSync(directory, { recursive: true, force: true });
    });
  return directory;
}
