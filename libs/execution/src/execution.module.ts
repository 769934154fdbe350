import { Module } from '@nestjs/common';
import { CloseInstruction } from './close-instruction.js';
import { EraseSubject } from './erase-subject.js';
import { RunExecution } from './run-execution.js';
import { RunStep } from './run-step.js';

/** Provides `RunExecution`. */
@Module({ providers: [CloseInstruction, EraseSubject, RunExecution, RunStep], exports: [RunExecution] })
export class ExecutionModule {}
