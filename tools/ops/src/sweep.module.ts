import { type DynamicModule, Module } from '@nestjs/common';
import { AuditModule } from '@personr/audit';
import { ExecutionModule } from '@personr/execution';
import { PackageBuildingModule } from '@personr/packages';
import { StoresModule } from '@personr/stores';
import { TenancyModule } from '@personr/tenancy';
import { VaultModule } from '@personr/vault';
import { ClockModule, keyringOf, type OpsEnvironment } from './ops.module.js';

/** The composition root of a sweep: every store, the keys, the log. */
@Module({})
export class SweepModule {
  static forRoot(environment: OpsEnvironment): DynamicModule {
    return {
      module: SweepModule,
      imports: [
        ClockModule,
        TenancyModule.forRoot({
          tenantUrl: environment.TENANT_DATABASE_URL,
          relayUrl: environment.RELAY_DATABASE_URL,
          directoryUrl: environment.DIRECTORY_DATABASE_URL,
          poolSize: 2,
        }),
        VaultModule.forRoot({
          databaseUrl: environment.KEYSTORE_DATABASE_URL,
          ...keyringOf(environment),
          poolSize: 2,
        }),
        StoresModule.forRoot({ objectStoreUrl: environment.OBJECT_STORE_URL }),
        AuditModule,
        PackageBuildingModule.forRoot({}),
        ExecutionModule.forRoot({ leaseSeconds: 30, batchSize: 1 }),
      ],
    };
  }
}
