import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@personr/stack';
import { waitFor } from '@personr/testkit';
import { type House } from './house.js';

const MAIN = join(process.cwd(), 'apps/api/dist/main.js');

/** An api in a process of its own, to be ended in this way and that. */
export type ApiProcess = {
  readonly url: string;
  readonly pid: number;
  /** All it wrote to standard output, its log, and to standard error. */
  said(): string;
  /** Sends a signal and resolves when the process is gone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
};

/** What an api of this house is told when it listens on `port`. */
export function apiEnvironment({ apiConfig }: House, port: number): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    LOG_LEVEL: 'error',
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: apiConfig.publicUrl,
    TENANT_DATABASE_URL: apiConfig.tenantDatabaseUrl,
    RELAY_DATABASE_URL: apiConfig.relayDatabaseUrl,
    DIRECTORY_DATABASE_URL: apiConfig.directoryDatabaseUrl,
    KEYSTORE_DATABASE_URL: apiConfig.keystoreDatabaseUrl,
    KEYRING_DIRECTORIES: apiConfig.keyringDirectories.join(':'),
    TOKEN_KEY_FILE: apiConfig.tokenKeyFile,
    OBJECT_STORE_URL: apiConfig.objectStoreUrl,
    REDIS_URL: apiConfig.redisUrl,
    PERSONR_PARENT_PIPE: '1',
  };
}

/** Starts the built api for this house, told more than that, and waits until it is ready. It ends with this process. */
export async function spawnApi(
  house: House,
  told: Readonly<Record<string, string>> = {},
): Promise<ApiProcess> {
  if (!existsSync(MAIN)) {
    throw new Error(
      'The api has not been built: run `npm run build`, or all tests by `npm test`, which builds first.',
    );
  }
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: { ...apiEnvironment(house, port), ...told },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const url = `http://127.0.0.1:${port}`;
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const gone = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  const isReady = async (): Promise<boolean> => {
    const answer = await fetch(`${url}/health/ready`);
    if (!answer.ok) throw new Error(`it says ${await answer.text()}`);
    return true;
  };
  await waitFor(async () => isGone() || (await isReady()), {
    what: 'the api to be ready',
    timeoutMs: 120_000,
  });
  if (isGone()) throw new Error(`the api ended before it was ready: ${said}`);
  return { url, pid: child.pid ?? 0, said: () => said, end: (signal) => ended(child, gone, signal) };
}

function ended(child: ChildProcess, gone: Promise<void>, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  child.kill(signal);
  return gone;
}
