import { type DynamicModule, Module } from '@nestjs/common';
import { HoldsModule } from '@personr/instruction';
import { TermsModule } from '@personr/terms';
import { BeginErasure } from './begin-erasure.js';
import { BeginLeaving } from './begin-leaving.js';
import { ClearTenant } from './clear-tenant.js';
import { CloseExports } from './close-exports.js';
import { CloseInstructions } from './close-instructions.js';
import { CompleteReceipts } from './complete-receipts.js';
import { BringReturns } from './bring-returns.js';
import { Courier } from './courier.js';
import { EraseStores } from './erase-stores.js';
import { EraseSubjects } from './erase-subjects.js';
import { EraseTenant } from './erase-tenant.js';
import { Erasures } from './erasures.js';
import { EXECUTION_OPTIONS, type ExecutionOptions } from './execution.options.js';
import { ExportSubject } from './export-subject.js';
import { IssueReceipts } from './issue-receipts.js';
import { KeysInScope } from './keys-in-scope.js';
import { LeaveKeys } from './leave-keys.js';
import { PackTenant } from './pack-tenant.js';
import { ProveBackups } from './prove-backups.js';
import { ReturnSubject } from './return-subject.js';
import { ReturnTenant } from './return-tenant.js';
import { Returns } from './returns.js';
import { RunExecution } from './run-execution.js';
import { RunSteps } from './run-steps.js';
import { RunTimers } from './run-timers.js';
import { SearchAfresh } from './search-afresh.js';
import { SearchTenant } from './search-tenant.js';
import { SendChallenges } from './send-challenges.js';
import { SendTransfer } from './send-transfer.js';
import { SequenceErasures } from './sequence-erasures.js';
import { ShredSubjectKeys } from './shred-subject-keys.js';
import { SuppressSubjects } from './suppress-subjects.js';
import { SweepEverything } from './sweep-everything.js';
import { SweepObjects } from './sweep-objects.js';
import { SweepStores } from './sweep-stores.js';
import { SweepTenant } from './sweep-tenant.js';
import { TakeSnapshot } from './take-snapshot.js';
import { TakeTenantSnapshot } from './take-tenant-snapshot.js';

const USE_CASES = [
  BeginErasure,
  BeginLeaving,
  ClearTenant,
  CloseExports,
  CloseInstructions,
  CompleteReceipts,
  EraseStores,
  EraseSubjects,
  EraseTenant,
  Erasures,
  ExportSubject,
  IssueReceipts,
  KeysInScope,
  LeaveKeys,
  PackTenant,
  ProveBackups,
  ReturnSubject,
  ReturnTenant,
  Returns,
  RunExecution,
  RunSteps,
  RunTimers,
  SearchAfresh,
  SearchTenant,
  SendChallenges,
  SendTransfer,
  SequenceErasures,
  ShredSubjectKeys,
  SuppressSubjects,
  SweepEverything,
  SweepObjects,
  SweepStores,
  SweepTenant,
  TakeSnapshot,
  TakeTenantSnapshot,
];

/** Provides `RunExecution`, `CompleteReceipts`, `SweepEverything` and `SweepObjects`. Needs `PackageBuildingModule` and `CourierModule`. */
@Module({})
export class ExecutionModule {
  static forRoot(options: ExecutionOptions): DynamicModule {
    return {
      module: ExecutionModule,
      imports: [HoldsModule, TermsModule],
      providers: [
        ...USE_CASES,
        { provide: Courier, useClass: options.courier ?? BringReturns },
        { provide: EXECUTION_OPTIONS, useValue: options },
      ],
      exports: [CompleteReceipts, RunExecution, SweepEverything, SweepObjects],
    };
  }
}
