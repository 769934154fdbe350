import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AccessModule } from '@personr/access';
import { AuditModule } from '@personr/audit';
import { CourierModule } from '@personr/delivery';
import { ExecutionModule } from '@personr/execution';
import { Clock, SystemClock } from '@personr/kernel';
import { PackageBuildingModule } from '@personr/packages';
import { StoresModule } from '@personr/stores';
import { TenancyModule } from '@personr/tenancy';
import { TermsModule } from '@personr/terms';
import { type KeyringPlaces, readKeyring, VaultModule } from '@personr/vault';

/** Where the servers are, by the names the apps know them under. */
export type OpsEnvironment = {
  readonly TENANT_DATABASE_URL: string;
  readonly RELAY_DATABASE_URL: string;
  readonly DIRECTORY_DATABASE_URL: string;
  readonly KEYSTORE_DATABASE_URL: string;
  readonly KEYRING_DIRECTORIES: string;
  /** Instead of directories: URIs of tokens (RFC 7512) with spaces between. */
  readonly KEYRING_TOKENS?: string;
  readonly LOG_SIGNING_KEY_FILE: string;
  readonly OBJECT_STORE_URL: string;
};

/** Where the keyring is: on the tokens that `KEYRING_TOKENS` names, there or in the operator's own environment, else in directories. */
export const keyringOf = ({ KEYRING_DIRECTORIES, KEYRING_TOKENS }: OpsEnvironment): KeyringPlaces =>
  readKeyring({ KEYRING_DIRECTORIES, KEYRING_TOKENS: KEYRING_TOKENS ?? process.env.KEYRING_TOKENS });

/** The same for whoever copies or replaces the data database as its owner. The apps never have it. */
export type OwnerEnvironment = OpsEnvironment & {
  readonly DATA_OWNER_URL: string;
  readonly EVIDENCE_URL: string;
  /** A store that is read where that one has nothing, and never written. */
  readonly EVIDENCE_BELOW_URL?: string;
};

/** Gives every room the time. */
@Global()
@Module({ providers: [{ provide: Clock, useClass: SystemClock }], exports: [Clock] })
export class ClockModule {}

const POOL_SIZE = 2;

/** What every act in the house stands on: the time, both databases and the keyring, and the log. */
const houseOf = (environment: OpsEnvironment): NonNullable<DynamicModule['imports']> => [
  ClockModule,
  TenancyModule.forRoot({
    tenantUrl: environment.TENANT_DATABASE_URL,
    relayUrl: environment.RELAY_DATABASE_URL,
    directoryUrl: environment.DIRECTORY_DATABASE_URL,
    poolSize: POOL_SIZE,
  }),
  VaultModule.forRoot({
    databaseUrl: environment.KEYSTORE_DATABASE_URL,
    ...keyringOf(environment),
    poolSize: POOL_SIZE,
  }),
  AuditModule,
];

/** The composition root of an operator's act: what onboarding needs and no more. */
@Module({})
export class OpsModule {
  static forRoot(environment: OpsEnvironment): DynamicModule {
    return {
      module: OpsModule,
      imports: [...houseOf(environment), TermsModule, AccessModule.forRoot({})],
    };
  }
}

/** The composition root of a sweep: every store too. */
@Module({})
export class SweepModule {
  static forRoot(environment: OpsEnvironment): DynamicModule {
    return {
      module: SweepModule,
      imports: [
        ...houseOf(environment),
        StoresModule.forRoot({ objectStoreUrl: environment.OBJECT_STORE_URL }),
        PackageBuildingModule.forRoot({}),
        CourierModule.forRoot({}),
        ExecutionModule.forRoot({ leaseSeconds: 30, batchSize: 1 }),
      ],
    };
  }
}
