import 'reflect-metadata';
import { isDomainError, SystemClock, safeError } from '@personr/kernel';
import { dieQuietly } from '@personr/silence';
import { createWorker } from './app.js';
import { readConfig } from './config.js';

/** Starts the hands and ends them with their parent when the parent is a supervisor. */
async function main(): Promise<void> {
  const config = readConfig();
  const app = await createWorker(config, new SystemClock());
  if (config.endsWithParent) {
    process.stdin.resume().once('end', () => void app.close().then(() => process.exit(0)));
  }
}

dieQuietly('worker');
main().catch((error: unknown) => {
  const why = isDomainError(error) ? `${error.code}: ${error.message}` : JSON.stringify(safeError(error));
  process.stderr.write(`worker: ${why}\n`);
  process.exit(1);
});
