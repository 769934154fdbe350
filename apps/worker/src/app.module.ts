import { BullModule } from '@nestjs/bull';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AuditModule, LogSigner, SequencerModule, SIGNED_HEADS } from '@personr/audit';
import { CourierModule } from '@personr/delivery';
import { ExecutionModule, replayEndings } from '@personr/execution';
import { Clock } from '@personr/kernel';
import { PackageBuildingModule } from '@personr/packages';
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
import { AnchorPulse } from './anchor.pulse.js';
import { IndexPulse } from './index.pulse.js';
import { QUEUES } from './job.js';
import { KeyPulse } from './key.pulse.js';
import { Lanes } from './lanes.js';
import { LOGGER } from './logger.js';
import { LogPulse } from './log.pulse.js';
import { OutboxRelay } from './outbox.relay.js';
import { PackagePulse } from './package.pulse.js';
import { RelayPulse } from './relay.pulse.js';
import { TidePulse } from './tide.pulse.js';
import { UploadPulse } from './upload.pulse.js';
import { WorkConsumer } from './work.consumer.js';

/** Instructions of one tenant that are carried out together, at most. */
const BATCH_SIZE = 100;

/** Instructions and logs are worked on at the same time: eight of each, and a look through one. */
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

/** Every login of this app, by the variable that holds its URL. */
const loginsOf = (config: WorkerConfig): Record<string, string> => ({
  TENANT_DATABASE_URL: config.tenantDatabaseUrl,
  RELAY_DATABASE_URL: config.relayDatabaseUrl,
  DIRECTORY_DATABASE_URL: config.directoryDatabaseUrl,
  KEYSTORE_DATABASE_URL: config.keystoreDatabaseUrl,
});

/** Rooms that are told nothing from outside. */
const ROOMS = [AuditModule, TideModule, SignedHeadsModule];

/** What moves by itself, and what it moves. */
const HANDS = [Lanes, OutboxRelay, SealedDocuments, SweepUploads, WorkConsumer];
const PULSES = [
  AnchorPulse,
  CheckPulse,
  CountPulse,
  IndexPulse,
  KeyPulse,
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
          ...(config.keyringTokens === null
            ? { keyringDirectories: config.keyringDirectories }
            : { keyringTokens: config.keyringTokens }),
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
        PackageBuildingModule.forRoot({ signer: LogSigner }),
        CourierModule.forRoot(config.endpoints),
        RestoreModule.forRoot({ replayEndings }),
        ExecutionModule.forRoot({ leaseSeconds: config.leaseSeconds, batchSize: BATCH_SIZE }),
      ],
      providers: [...PULSES, ...HANDS],
    };
  }
}
