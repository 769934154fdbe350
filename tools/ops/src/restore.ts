import { fileURLToPath } from 'node:url';
import { LogSigner } from '@personr/audit';
import { type BackupManifest, type Progress, Replay, type Replayed, restoreBackup } from '@personr/restore';
import { migrate } from '@personr/stack';
import { ObjectStore } from '@personr/stores';
import { Vault } from '@personr/vault';
import { toOperator, within } from './backup.js';
import { type OwnerEnvironment } from './ops.module.js';
import { LoadModule, ReplayModule } from './restore.module.js';
import { withServers } from './with-servers.js';

/** Where the data database's migrations are. */
export const MIGRATIONS = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));

/**
 * `restore DIR [--replace]`: puts a backup in place of the data database and replays what it lacks. Resolves with the exit
 * code: 2 without exactly one directory.
 */
export async function restore(args: readonly string[]): Promise<number> {
  const [directory = '', ...more] = args.filter((arg) => arg !== '--replace');
  if (directory === '' || directory.startsWith('-') || more.length > 0) return 2;
  const replayed = await withServers(async (environment) => {
    await load(environment, directory, { replace: args.includes('--replace'), progress: toOperator });
    return replay(environment);
  });
  console.log(asText(replayed));
  return 0;
}

/** Puts a backup in place of the data database. From then on the service is closed. Throws what `restoreBackup` does. */
export function load(
  environment: OwnerEnvironment,
  directory: string,
  { replace, progress }: { replace: boolean; progress: Progress },
): Promise<BackupManifest> {
  return within(LoadModule.forRoot(environment), (app) =>
    restoreBackup(directory, {
      ownerUrl: environment.DATA_OWNER_URL,
      objects: app.get(ObjectStore),
      vault: app.get(Vault),
      signer: LogSigner.fromFile(environment.LOG_SIGNING_KEY_FILE),
      migrate,
      migrations: MIGRATIONS,
      replace,
      progress,
    }),
  );
}

/** Replays what a restored data database lacks, and opens the service. Null when it lacks nothing. */
export const replay = (environment: OwnerEnvironment): Promise<Replayed | null> =>
  within(ReplayModule.forRoot(environment), (app) => app.get(Replay).run());

function asText(replayed: Replayed | null): string {
  if (replayed === null) return 'Restored; there was nothing to replay. The service is open.';
  const lines = [...replayed.tenants].map(([tenantId, counts]) =>
    [
      `tenant ${tenantId}`,
      ...Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`),
    ].join('\n'),
  );
  const lost = replayed.lost.map(
    (tenantId) => `tenant ${tenantId} was taken in after the backup: only its keys and its log are left`,
  );
  return [...lines, ...lost, 'Restored and replayed. The service is open.'].join('\n');
}
