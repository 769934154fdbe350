import { BullModule } from '@nestjs/bull';
import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { AuditModule, LogSigner, SequencerModule, SIGNED_HEADS } from '@personr/audit';
import { CourierModule } from '@personr/delivery';
import { ExecutionModule, replayEndings } from '@personr/execution';
import { ForgetRequests } from '@personr/idempotency';
import { Clock } from '@personr/kernel';
import { MaskDocuments, PackageBuildingModule } from '@personr/packages';
import { Redactor, type RedactorOptions } from '@personr/redaction';
import { RestoreModule } from '@personr/restore';
import { StoresModule } from '@personr/stores';
import { SilenceModule } from '@personr/silence';
import { SealedDocuments, SweepUploads } from '@personr/subjects';
import { TenancyModule } from '@personr/tenancy';
import { TideModule } from '@personr/tide';
import { KeyStoreHeads, VaultModule } from '@personr/vault';
import { type Logger } from 'pino';
import { type WorkerConfig } from './config.js';
import { CheckPulse } from './check.pulse.js';
import { CountPulse } from './count.pulse.js';
import { AgedPulse } from './aged.pulse.js';
import { AnchorPulse } from './anchor.pulse.js';
import { EndPulse } from './end.pulse.js';
import { IndexPulse } from './index.pulse.js';
import { EXPORTS, QUEUES } from './job.js';
import { Lanes } from './lanes.js';
import { LOGGER } from './logger.js';
import { LayoutPulse } from './layout.pulse.js';
import { LogPulse } from './log.pulse.js';
import { OutboxRelay } from './outbox.relay.js';
import { PackagePulse } from './package.pulse.js';
import { RelayPulse } from './relay.pulse.js';
import { SharedRuns } from './shared-runs.js';
import { TidePulse } from './tide.pulse.js';
import { UploadPulse } from './upload.pulse.js';
import { WorkConsumer } from './work.consumer.js';

/** Instructions of one tenant that are carried out together, at most. */
const BATCH_SIZE = 100;

/** Instructions are worked on eight at a time, while logs are anchored and looked through; those are sequenced by the relay. */
const TENANT_CONNECTIONS = 18;

/** Gives every room the time and the log lines. */
@Global()
@Module({})
export class HouseModule {
  static forRoot(clock: Clock, logger: Logger): DynamicModule {
    return {
      module: HouseModule,
      providers: [
        { provide: Clock, useValue: clock },
        { provide: LOGGER, useValue: logger },
      ],
      exports: [Clock, LOGGER],
    };
  }
}

/** How far a log was signed is kept in the key store. */
@Global()
@Module({
  providers: [{ provide: SIGNED_HEADS, useExisting: KeyStoreHeads }],
  exports: [SIGNED_HEADS],
})
export class SignedHeadsModule {}

/** Looks into documents, in a process of its own. */
@Global()
@Module({})
export class RedactionModule {
  static forRoot(options: RedactorOptions): DynamicModule {
    return {
      module: RedactionModule,
      providers: [{ provide: Redactor, useFactory: () => new Redactor(options) }],
      exports: [Redactor],
    };
  }
}

/** Every login of this app, by the variable that holds its URL. */
const loginsOf = (config: WorkerConfig): Record<string, string> => ({
  TENANT_DATABASE_URL: config.tenantDatabaseUrl,
  RELAY_DATABASE_URL: config.relayDatabaseUrl,
  DIRECTORY_DATABASE_URL: config.directoryDatabaseUrl,
  KEYSTORE_DATABASE_URL: config.keystoreDatabaseUrl,
});

/** Rooms that are told nothing from outside. */
const ROOMS = [AuditModule, TideModule, SignedHeadsModule];

const RUNS: Provider = {
  provide: SharedRuns,
  inject: [Lanes],
  useFactory: (lanes: Lanes) => new SharedRuns((lane, job) => lanes.ring(lane, [job])),
};

/** What moves by itself, and what it moves. */
const HANDS = [ForgetRequests, Lanes, OutboxRelay, RUNS, SealedDocuments, SweepUploads, WorkConsumer];
const PULSES = [
  AgedPulse,
  AnchorPulse,
  CheckPulse,
  CountPulse,
  EndPulse,
  IndexPulse,
  LayoutPulse,
  LogPulse,
  PackagePulse,
  RelayPulse,
  TidePulse,
  UploadPulse,
];

/** The composition root of the hands. */
@Module({})
export class AppModule {
  static forRoot(config: WorkerConfig, clock: Clock, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        HouseModule.forRoot(clock, logger),
        TenancyModule.forRoot({
          tenantUrl: config.tenantDatabaseUrl,
          relayUrl: config.relayDatabaseUrl,
          directoryUrl: config.directoryDatabaseUrl,
          poolSize: TENANT_CONNECTIONS,
        }),
        VaultModule.forRoot({
          databaseUrl: config.keystoreDatabaseUrl,
          keyringDirectories: config.keyringDirectories,
          keyringTokens: config.keyringTokens,
        }),
        SilenceModule.forRoot({ ...config.silence, urls: loginsOf(config), logger }),
        BullModule.forRoot({ url: config.redisUrl, prefix: 'personr' }),
        BullModule.registerQueue(...QUEUES.map((name) => ({ name }))),
        ...ROOMS,
        SequencerModule.forRoot({
          signingKeyFile: config.logSigningKeyFile,
          evidenceUrl: config.evidenceUrl,
          witnesses: config.witnesses,
        }),
        StoresModule.forRoot({ objectStoreUrl: config.objectStoreUrl }),
        RedactionModule.forRoot(config.redaction),
        PackageBuildingModule.forRoot({ signer: LogSigner, redactor: MaskDocuments }),
        CourierModule.forRoot(config.endpoints),
        RestoreModule.forRoot({ replayEndings }),
        ExecutionModule.forRoot({
          leaseSeconds: config.leaseSeconds,
          batchSize: BATCH_SIZE,
          exportsAtOnce: EXPORTS,
        }),
      ],
      providers: [...PULSES, ...HANDS],
    };
  }
}
