import { type DynamicModule, Module } from '@nestjs/common';
import { HoldsModule } from '@personr/instruction';
import { TermsModule } from '@personr/terms';
import { BeginErasure } from './begin-erasure.js';
import { CloseInstructions } from './close-instructions.js';
import { CompleteReceipts } from './complete-receipts.js';
import { EraseStores } from './erase-stores.js';
import { EraseSubjects } from './erase-subjects.js';
import { IssueReceipts } from './issue-receipts.js';
import { KeysInScope } from './keys-in-scope.js';
import { ProveBackups } from './prove-backups.js';
import { EXECUTION_OPTIONS, type ExecutionOptions, RunExecution } from './run-execution.js';
import { RunSteps } from './run-steps.js';
import { SearchAfresh } from './search-afresh.js';
import { ShredSubjectKeys } from './shred-subject-keys.js';
import { SuppressSubjects } from './suppress-subjects.js';
import { SweepEverything } from './sweep-everything.js';
import { SweepStores } from './sweep-stores.js';

/** Provides `RunExecution`, `CompleteReceipts` and `SweepEverything`. */
@Module({})
export class ExecutionModule {
  static forRoot(options: ExecutionOptions): DynamicModule {
    return {
      module: ExecutionModule,
      imports: [HoldsModule, TermsModule],
      providers: [
        BeginErasure,
        CloseInstructions,
        CompleteReceipts,
        EraseStores,
        EraseSubjects,
        IssueReceipts,
        KeysInScope,
        ProveBackups,
        RunExecution,
        RunSteps,
        SearchAfresh,
        ShredSubjectKeys,
        SuppressSubjects,
        SweepEverything,
        SweepStores,
        { provide: EXECUTION_OPTIONS, useValue: options },
      ],
      exports: [CompleteReceipts, RunExecution, SweepEverything],
    };
  }
}
