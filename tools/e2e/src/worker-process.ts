import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type House } from './house.js';

const MAIN = join(process.cwd(), 'apps/worker/dist/main.js');

/** A worker in a process of its own, to be killed. */
export type WorkerProcess = {
  /** Ends it without a word, as a crash would, and resolves when it is gone. */
  kill(): Promise<void>;
  /** All it wrote to standard output, its log, and to standard error. */
  said(): string;
};

/** What a worker of this house is told. */
export function workerEnvironment(
  { workerConfig }: House,
  leaseSeconds: number,
): Record<string, string | undefined> {
  return {
    PATH: process.env.PATH,
    LOG_LEVEL: 'error',
    TENANT_DATABASE_URL: workerConfig.tenantDatabaseUrl,
    RELAY_DATABASE_URL: workerConfig.relayDatabaseUrl,
    DIRECTORY_DATABASE_URL: workerConfig.directoryDatabaseUrl,
    KEYSTORE_DATABASE_URL: workerConfig.keystoreDatabaseUrl,
    KEYRING_DIRECTORIES: workerConfig.keyringDirectories.join(':'),
    OBJECT_STORE_URL: workerConfig.objectStoreUrl,
    EVIDENCE_URL: workerConfig.evidenceUrl,
    LOG_SIGNING_KEY_FILE: workerConfig.logSigningKeyFile,
    REDIS_URL: workerConfig.redisUrl,
    WORKER_LEASE_SECONDS: String(leaseSeconds),
    PERSONR_PARENT_PIPE: '1',
  };
}

/** Starts the built worker for this house. It ends with this process. Throws when it has not been built. */
export function spawnWorker(
  house: House,
  { leaseSeconds, told = {} }: { leaseSeconds: number; told?: Readonly<Record<string, string>> },
): WorkerProcess {
  if (!existsSync(MAIN)) {
    throw new Error(
      'The worker has not been built: run `npm run build`, or all tests by `npm test`, which builds first.',
    );
  }
  const child = spawn(process.execPath, [MAIN], {
    env: { ...workerEnvironment(house, leaseSeconds), ...told },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const gone = new Promise<void>((resolve) =>
    child.once('close', () => {
      resolve();
    }),
  );
  return { kill: () => killed(child, gone), said: () => said };
}

function killed(child: ChildProcess, gone: Promise<void>): Promise<void> {
  child.kill('SIGKILL');
  return gone;
}
