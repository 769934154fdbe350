import 'reflect-metadata';
import { isDomainError, SystemClock, safeError } from '@personr/kernel';
import { dieQuietly } from '@personr/silence';
import { createApi } from './app.js';
import { readConfig } from './config.js';

/** Starts the HTTP door and ends it with its parent when the parent is a supervisor. */
async function main(): Promise<void> {
  const config = readConfig();
  const app = await createApi(config, new SystemClock());
  await app.listen(config.port, config.host);
  if (config.endsWithParent) {
    process.stdin.resume().once('end', () => void app.close().then(() => process.exit(0)));
  }
}

dieQuietly('api');
main().catch((error: unknown) => {
  const why = isDomainError(error) ? `${error.code}: ${error.message}` : JSON.stringify(safeError(error));
  process.stderr.write(`api: ${why}\n`);
  process.exit(1);
});
