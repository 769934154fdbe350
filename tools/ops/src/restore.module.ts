import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AuditModule, SequencerModule, SIGNED_HEADS } from '@personr/audit';
import { replayEndings } from '@personr/execution';
import { RestoreModule } from '@personr/restore';
import { StoresModule } from '@personr/stores';
import { TenancyModule } from '@personr/tenancy';
import { KeyStoreHeads, VaultModule } from '@personr/vault';
import { ClockModule, keyringOf, type OwnerEnvironment } from './ops.module.js';

/** How far a log was signed is kept in the key store. */
@Global()
@Module({ providers: [{ provide: SIGNED_HEADS, useExisting: KeyStoreHeads }], exports: [SIGNED_HEADS] })
class SignedHeadsModule {}

const vaultOf = (environment: OwnerEnvironment): DynamicModule =>
  VaultModule.forRoot({
    databaseUrl: environment.KEYSTORE_DATABASE_URL,
    ...keyringOf(environment),
    poolSize: 2,
  });

/** The composition root of loading a backup: the key store and the objects, and not the database that is replaced. */
@Module({})
export class LoadModule {
  static forRoot(environment: OwnerEnvironment): DynamicModule {
    const stores = StoresModule.forRoot({ objectStoreUrl: environment.OBJECT_STORE_URL });
    return {
      module: LoadModule,
      imports: [ClockModule, tenancyOf(environment), vaultOf(environment), stores],
    };
  }
}

const tenancyOf = (environment: OwnerEnvironment): DynamicModule =>
  TenancyModule.forRoot({
    tenantUrl: environment.TENANT_DATABASE_URL,
    relayUrl: environment.RELAY_DATABASE_URL,
    directoryUrl: environment.DIRECTORY_DATABASE_URL,
    poolSize: 4,
  });

/** The composition root of backups and replays: everything that the worker has, but for what moves by itself. */
@Module({})
export class ReplayModule {
  static forRoot(environment: OwnerEnvironment): DynamicModule {
    return {
      module: ReplayModule,
      imports: [
        LoadModule.forRoot(environment),
        AuditModule,
        SignedHeadsModule,
        SequencerModule.forRoot({
          signingKeyFile: environment.LOG_SIGNING_KEY_FILE,
          evidenceUrl: environment.EVIDENCE_URL,
          evidenceBelowUrl: environment.EVIDENCE_BELOW_URL,
        }),
        RestoreModule.forRoot({ replayEndings }),
      ],
    };
  }
}
