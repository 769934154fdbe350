import { type DynamicModule, Module } from '@nestjs/common';
import { CloseInstruction } from './close-instruction.js';
import { EraseSubject } from './erase-subject.js';
import { EXECUTION_OPTIONS, type ExecutionOptions, RunExecution } from './run-execution.js';
import { RunStep } from './run-step.js';

/** Provides `RunExecution`. */
@Module({})
export class ExecutionModule {
  static forRoot(options: ExecutionOptions): DynamicModule {
    return {
      module: ExecutionModule,
      providers: [
        CloseInstruction,
        EraseSubject,
        RunExecution,
        RunStep,
        { provide: EXECUTION_OPTIONS, useValue: options },
      ],
      exports: [RunExecution],
    };
  }
}
