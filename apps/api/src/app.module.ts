import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { AccessModule } from '@personr/access';
import { AuditModule, LogProbe } from '@personr/audit';
import { IdempotencyModule } from '@personr/idempotency';
import { Clock, type Probe } from '@personr/kernel';
import { ObjectStoreProbe, StoresModule } from '@personr/stores';
import { SilenceModule } from '@personr/silence';
import { DatabaseProbe, TenancyModule } from '@personr/tenancy';
import { TermsModule } from '@personr/terms';
import { TideGate, TideModule } from '@personr/tide';
import { VaultModule, VaultProbes } from '@personr/vault';
import { type Logger } from 'pino';
import { ClientAuthentication } from './auth/client-authentication.js';
import { DiscoveryController } from './auth/discovery.controller.js';
import { TokenController } from './auth/token.controller.js';
import { TokenGuard } from './auth/token.guard.js';
import { ClientsModule } from './clients/clients.module.js';
import { type ApiConfig } from './config.js';
import { EvidenceRoutesModule } from './evidence/evidence.module.js';
import { HealthController, PROBES } from './health/health.controller.js';
import { RedisProbe } from './health/redis.probe.js';
import { HoldsRoutesModule } from './holds/holds.module.js';
import { InstructionsModule } from './instructions/instructions.module.js';
import { ProblemFilter } from './problem/problem.filter.js';
import { RatesModule } from './rates/rates.module.js';
import { RefusalsModule } from './refusals/refusals.module.js';
import { SubjectsModule } from './subjects/subjects.module.js';
import { TermsRoutesModule } from './terms/terms.module.js';

/** Gives every room the time. */
@Global()
@Module({})
export class ClockModule {
  static forRoot(clock: Clock): DynamicModule {
    return { module: ClockModule, providers: [{ provide: Clock, useValue: clock }], exports: [Clock] };
  }
}

const PROBES_PROVIDER = {
  provide: PROBES,
  inject: [VaultProbes, DatabaseProbe, RedisProbe, ObjectStoreProbe, TideGate, LogProbe],
  useFactory: (vault: VaultProbes, ...others: Probe[]) => [...vault.all, ...others],
};

/** Rooms that are told nothing from outside. */
const ROOMS = [AuditModule, IdempotencyModule, TermsModule, TideModule, RefusalsModule];

const ROUTES = [
  TermsRoutesModule,
  InstructionsModule,
  HoldsRoutesModule,
  ClientsModule,
  EvidenceRoutesModule,
];

/** Every login of this app, by the variable that holds its URL. */
const loginsOf = (config: ApiConfig): Record<string, string> => ({
  TENANT_DATABASE_URL: config.tenantDatabaseUrl,
  RELAY_DATABASE_URL: config.relayDatabaseUrl,
  DIRECTORY_DATABASE_URL: config.directoryDatabaseUrl,
  KEYSTORE_DATABASE_URL: config.keystoreDatabaseUrl,
});

/** The composition root of the HTTP door. */
@Module({})
export class AppModule {
  static forRoot(config: ApiConfig, clock: Clock, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ClockModule.forRoot(clock),
        TenancyModule.forRoot({
          tenantUrl: config.tenantDatabaseUrl,
          relayUrl: config.relayDatabaseUrl,
          directoryUrl: config.directoryDatabaseUrl,
        }),
        VaultModule.forRoot({
          databaseUrl: config.keystoreDatabaseUrl,
          keyringDirectories: config.keyringDirectories,
          keyringTokens: config.keyringTokens,
        }),
        SilenceModule.forRoot({ ...config.silence, urls: loginsOf(config), logger }),
        AccessModule.forRoot({
          tokens: { keyFile: config.tokenKeyFile, issuer: config.publicUrl },
          keySets: config.keySets,
        }),
        RatesModule.forRoot({ rates: config.rates, redisUrl: config.redisUrl }),
        StoresModule.forRoot({ objectStoreUrl: config.objectStoreUrl }),
        SubjectsModule.forRoot({ uploads: config.uploads }),
        ...ROOMS,
        ...ROUTES,
      ],
      controllers: [TokenController, DiscoveryController, HealthController],
      providers: [
        ClientAuthentication,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: TokenGuard },
        { provide: RedisProbe, useFactory: () => new RedisProbe(config.redisUrl) },
        PROBES_PROVIDER,
      ],
    };
  }
}
