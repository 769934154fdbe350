import { type INestApplicationContext, type Type, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditLog, LogSigner, type OperationEvent } from '@personr/audit';
import { registerBackupSet } from '@personr/execution';
import { Clock, DomainError, newId } from '@personr/kernel';
import { type BackupManifest, type Progress, writeBackup } from '@personr/restore';
import { ObjectStore } from '@personr/stores';
import { Tenancy } from '@personr/tenancy';
import { Tide } from '@personr/tide';
import { type OwnerEnvironment } from './ops.module.js';
import { ReplayModule } from './restore.module.js';
import { tenantsOf } from './tell-logs.js';
import { withServers } from './with-servers.js';

/** Says what goes on to the operator, apart from what a command answers. */
export const toOperator: Progress = (line) => {
  console.error(line);
};

/** Runs `work` with the house's rooms and closes them. */
export async function within<T>(
  module: Type | DynamicModule,
  work: (app: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const app = await NestFactory.createApplicationContext(module, { logger: ['error'], abortOnError: false });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** `backup DIR`: writes a portable backup. Resolves with the exit code: 2 without exactly one directory. */
export async function backup(args: readonly string[]): Promise<number> {
  const [directory = '', ...more] = args;
  if (directory === '' || directory.startsWith('-') || more.length > 0) return 2;
  const manifest = await withServers((environment) => backUp(environment, directory, toOperator));
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  console.log(
    `${directory} is whole: backup ${manifest.id} of ${manifest.madeAt}, ${manifest.tenants.length} tenants, ${rows} rows, ${manifest.objects.count} documents`,
  );
  return 0;
}

/**
 * Writes a backup into a new directory. It is declared in every tenant, and told in its log, before its snapshot, so that
 * receipts of erasures name it from then on; it stays declared when it is broken off. Throws `RESTORE_REPLAY_PENDING` of a database that is
 * older than the key store, and what `writeBackup` does.
 */
export function backUp(
  environment: OwnerEnvironment,
  directory: string,
  progress: Progress,
): Promise<BackupManifest> {
  return within(ReplayModule.forRoot(environment), async (app) => {
    const [tenancy, tide, clock] = [app.get(Tenancy), app.get(Tide), app.get<Clock>(Clock)];
    if (!(await tide.isOpen({ thoroughly: true })))
      throw new DomainError(
        'RESTORE_REPLAY_PENDING',
        'This data is older than the key store; replay it first.',
      );
    await declare(tenancy, clock.now());
    const manifest = await writeBackup(directory, {
      ownerUrl: environment.DATA_OWNER_URL,
      objects: app.get(ObjectStore),
      signer: app.get(LogSigner),
      clock,
      progress,
    });
    // From here on the database has another mark than its copy.
    await tide.roll();
    return manifest;
  });
}

async function declare(tenancy: Tenancy, madeAt: Date): Promise<void> {
  const id = newId<'backup'>(madeAt);
  const name = `portable backup of ${madeAt.toISOString()}`;
  const contains = ['DATA', 'OBJECTS'] as const;
  const event: OperationEvent = {
    event: 'backup.declared',
    at: madeAt,
    actor: { kind: 'OPERATOR' },
    detail: { backupId: id, contains: [...contains] },
  };
  for (const tenantId of await tenantsOf(tenancy)) {
    await tenancy.forTenant(tenantId, async (tx) => {
      await registerBackupSet(tx, { id, name, contains, madeAt });
      await new AuditLog().append(tx, event);
    });
  }
}
