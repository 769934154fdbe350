import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { AuditLog } from './audit-log.js';
import { CountedLog } from './counted-log.js';
import { DirectoryEvidence } from './directory.evidence.js';
import { ImportLog } from './import-log.js';
import { LaterCounts } from './later-counts.js';
import { LogReader } from './log-reader.js';
import { LogSigner } from './log-signer.js';
import { LogTail } from './log-tail.js';
import { type Outside, Sequencer } from './sequencer.js';
import { SIGNED_HEADS, type SignedHeads } from './signed-heads.js';

const ACTING = [AuditLog, CountedLog, LaterCounts, LogReader];

/**
 * Provides `AuditLog`, `CountedLog`, `LaterCounts` and `LogReader`: what a process needs that acts and reads, and signs
 * nothing. Needs global providers of `Tenancy` and `Clock`.
 */
@Global()
@Module({ providers: ACTING, exports: ACTING })
export class AuditModule {}

/** Where the signing key is, and where evidence goes (`file:///directory`). */
export type SequencerOptions = { readonly signingKeyFile: string; readonly evidenceUrl: string };

const OUTSIDE = Symbol('outside');

const signing = (type: typeof Sequencer | typeof ImportLog): Provider => ({
  provide: type,
  inject: [Tenancy, Clock, LogSigner, OUTSIDE],
  useFactory: (...parts: ConstructorParameters<typeof Sequencer>) => new type(...parts),
});

/**
 * Provides `Sequencer`, `ImportLog` and `LogTail`, and `LogSigner`, which holds the signing key: for the worker and for
 * operations. Needs global providers of `Tenancy`, `Clock` and `SIGNED_HEADS`.
 */
@Module({})
export class SequencerModule {
  static forRoot({ signingKeyFile, evidenceUrl }: SequencerOptions): DynamicModule {
    return {
      module: SequencerModule,
      global: true,
      providers: [
        { provide: LogSigner, useFactory: () => LogSigner.fromFile(signingKeyFile) },
        {
          provide: OUTSIDE,
          inject: [SIGNED_HEADS],
          useFactory: (heads: SignedHeads): Outside => ({
            heads,
            evidence: DirectoryEvidence.at(evidenceUrl),
          }),
        },
        signing(Sequencer),
        signing(ImportLog),
        {
          provide: LogTail,
          inject: [Tenancy, OUTSIDE],
          useFactory: (tenancy: Tenancy, outside: Outside) => new LogTail(tenancy, outside),
        },
      ],
      exports: [Sequencer, ImportLog, LogTail, LogSigner],
    };
  }
}
