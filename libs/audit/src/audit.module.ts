import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { AuditLog } from './audit-log.js';
import { LogReader } from './log-reader.js';
import { LogSigner } from './log-signer.js';
import { Sequencer } from './sequencer.js';

/** Provides `AuditLog` and `LogReader`: what a process needs that acts and reads, and signs nothing. */
@Global()
@Module({ providers: [AuditLog, LogReader], exports: [AuditLog, LogReader] })
export class AuditModule {}

/** Provides `Sequencer`, which holds the signing key: for the worker alone. */
@Module({})
export class SequencerModule {
  static forRoot({ signingKeyFile }: { signingKeyFile: string }): DynamicModule {
    return {
      module: SequencerModule,
      global: true,
      providers: [
        { provide: LogSigner, useFactory: () => LogSigner.fromFile(signingKeyFile) },
        {
          provide: Sequencer,
          inject: [Tenancy, Clock, LogSigner],
          useFactory: (tenancy: Tenancy, clock: Clock, signer: LogSigner) =>
            new Sequencer(tenancy, clock, signer),
        },
      ],
      exports: [Sequencer, LogSigner],
    };
  }
}
