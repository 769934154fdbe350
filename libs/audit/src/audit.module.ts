import { type DynamicModule, Global, Module, type Provider } from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { AuditLog } from './audit-log.js';
import { CountReads } from './count-reads.js';
import { CountedLog } from './counted-log.js';
import { DirectoryEvidence } from './directory.evidence.js';
import { CheckLog } from './check-log.js';
import { ImportLog } from './import-log.js';
import { LogFiles } from './log-files.js';
import { LaterCounts } from './later-counts.js';
import { LogReader } from './log-reader.js';
import { LogSigner } from './log-signer.js';
import { LogProbe } from './log.probe.js';
import { LogTail } from './log-tail.js';
import { LogWatch } from './log-watch.js';
import { ReadEntries } from './read-entries.js';
import { type Outside, Sequencer } from './sequencer.js';
import { SIGNED_HEADS, type SignedHeads } from './signed-heads.js';

const ACTING = [AuditLog, CountedLog, CountReads, LaterCounts];
const READING = [LogFiles, LogProbe, LogReader, LogWatch, ReadEntries];

/**
 * Provides what writes to a log and what reads one: for a process that acts and reads, and signs nothing. Needs global
 * providers of `Tenancy` and `Clock`.
 */
@Global()
@Module({ providers: [...ACTING, ...READING], exports: [...ACTING, ...READING] })
export class AuditModule {}

/** Where the signing keys are, and where evidence goes: `file:///directory` or `s3://bucket?region=...&endpoint=...`. */
export type SequencerOptions = { readonly signingKeyFile: string; readonly evidenceUrl: string };

const OUTSIDE = Symbol('outside');

const signing = (type: typeof Sequencer | typeof ImportLog): Provider => ({
  provide: type,
  inject: [Tenancy, Clock, LogSigner, OUTSIDE],
  useFactory: (...parts: ConstructorParameters<typeof Sequencer>) => new type(...parts),
});

/**
 * Provides `Sequencer`, `ImportLog`, `CheckLog` and `LogTail`, and `LogSigner`, which holds the signing keys: for the worker
 * and for operations. Needs `AuditModule` and global providers of `Tenancy`, `Clock` and `SIGNED_HEADS`.
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
          provide: CheckLog,
          inject: [Tenancy, Clock, LogSigner, OUTSIDE, AuditLog],
          useFactory: (...parts: ConstructorParameters<typeof CheckLog>) => new CheckLog(...parts),
        },
        {
          provide: LogTail,
          inject: [Tenancy, OUTSIDE],
          useFactory: (tenancy: Tenancy, outside: Outside) => new LogTail(tenancy, outside),
        },
      ],
      exports: [Sequencer, ImportLog, CheckLog, LogTail, LogSigner],
    };
  }
}
