import {
  type DynamicModule,
  Global,
  Inject,
  type InjectionToken,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { Clock } from '@personr/kernel';
import { Tenancy } from '@personr/tenancy';
import { AnchorLogs } from './anchor-logs.js';
import { AnchoredReader } from './anchored-reader.js';
import { AuditLog } from './audit-log.js';
import { CountReads } from './count-reads.js';
import { CountedLog } from './counted-log.js';
import { CheckLog } from './check-log.js';
import { CosignLog } from './cosign-log.js';
import { EndLogs } from './end-logs.js';
import { type EvidenceStore } from './evidence-store.js';
import { ExportLog } from './export-log.js';
import { ImportLog } from './import-log.js';
import { LayeredEvidence } from './layered.evidence.js';
import { LogFiles } from './log-files.js';
import { LaterCounts } from './later-counts.js';
import { LogReader } from './log-reader.js';
import { LogSigner } from './log-signer.js';
import { LogProbe } from './log.probe.js';
import { LayOutLogs } from './lay-out-logs.js';
import { LogTail } from './log-tail.js';
import { LogWatch } from './log-watch.js';
import { ReadEntries } from './read-entries.js';
import { openEvidence } from './open-evidence.js';
import { PruneLog } from './prune-log.js';
import { type Outside } from './outside.js';
import { Sequencer } from './sequencer.js';
import { type WitnessAddress } from './witness-address.js';
import { SIGNED_HEADS, type SignedHeads } from './signed-heads.js';

const ACTING = [AuditLog, CountedLog, CountReads, LaterCounts];
const READING = [AnchoredReader, ExportLog, LogFiles, LogProbe, LogReader, LogWatch, ReadEntries];

/**
 * Provides what writes to a log and what reads one: for a process that acts and reads, and signs nothing. Needs global
 * providers of `Tenancy` and `Clock`.
 */
@Global()
@Module({ providers: [...ACTING, ...READING], exports: [...ACTING, ...READING] })
export class AuditModule {}

/** Where the signing keys are, and where evidence goes: `file:///directory` or `s3://bucket?region=...&endpoint=...`. */
export type SequencerOptions = {
  readonly signingKeyFile: string;
  readonly evidenceUrl: string;
  /** A store of the same kinds that is read where the first has nothing, and never written; none when left out. */
  readonly evidenceBelowUrl?: string | undefined;
  /** Who cosigns the meta-log; none when left out. */
  readonly witnesses?: readonly WitnessAddress[];
};

const OUTSIDE = Symbol('outside');

async function evidenceAt({
  evidenceUrl,
  evidenceBelowUrl,
}: Pick<SequencerOptions, 'evidenceUrl' | 'evidenceBelowUrl'>): Promise<EvidenceStore> {
  const own = await openEvidence(evidenceUrl);
  return evidenceBelowUrl === undefined
    ? own
    : new LayeredEvidence(own, await openEvidence(evidenceBelowUrl));
}

/** Has a class made of these, in the order of its constructor. */
const made = (type: new (...parts: never[]) => object, ...inject: InjectionToken[]): Provider => ({
  provide: type,
  inject,
  useFactory: (...parts: never[]) => new type(...parts),
});

const SIGNING = [Tenancy, Clock, LogSigner, OUTSIDE];
const MADE = [
  made(Sequencer, ...SIGNING),
  made(ImportLog, ...SIGNING),
  made(CheckLog, ...SIGNING, AuditLog),
  made(AnchorLogs, Tenancy, Clock, ImportLog, AnchoredReader),
  made(LayOutLogs, Tenancy, OUTSIDE),
  made(EndLogs, Tenancy, Clock, AuditLog),
  made(LogTail, Tenancy, OUTSIDE),
  made(PruneLog, Tenancy, Clock, OUTSIDE),
];

/**
 * Provides `Sequencer`, `LayOutLogs`, `EndLogs`, `ImportLog`, `CheckLog`, `AnchorLogs`, `CosignLog` and `LogTail`, and `LogSigner`, which holds the signing keys: for the worker
 * and for operations. Needs `AuditModule` and global providers of `Tenancy`, `Clock` and `SIGNED_HEADS`.
 */
@Module({})
export class SequencerModule implements OnApplicationShutdown {
  constructor(@Inject(OUTSIDE) private readonly outside: Outside) {}

  static forRoot({ signingKeyFile, witnesses = [], ...where }: SequencerOptions): DynamicModule {
    return {
      module: SequencerModule,
      global: true,
      providers: [
        { provide: LogSigner, useFactory: () => LogSigner.fromFile(signingKeyFile) },
        {
          provide: OUTSIDE,
          inject: [SIGNED_HEADS],
          useFactory: async (heads: SignedHeads): Promise<Outside> => ({
            heads,
            evidence: await evidenceAt(where),
          }),
        },
        {
          provide: CosignLog,
          inject: [Tenancy, Clock, OUTSIDE],
          useFactory: (tenancy: Tenancy, clock: Clock, { evidence }: Outside) =>
            new CosignLog(tenancy, clock, evidence, witnesses),
        },
        ...MADE,
      ],
      exports: [
        Sequencer,
        LayOutLogs,
        EndLogs,
        ImportLog,
        CheckLog,
        AnchorLogs,
        CosignLog,
        LogTail,
        PruneLog,
        LogSigner,
      ],
    };
  }

  /** Ends the evidence store's connections. */
  onApplicationShutdown(): void {
    this.outside.evidence.close();
  }
}
