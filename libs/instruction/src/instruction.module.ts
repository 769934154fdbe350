import { Module } from '@nestjs/common';
import { SubjectsModule } from '@personr/subjects';
import { AcceptInstruction } from './accept-instruction.js';
import { FindHolds } from './find-holds.js';
import { FindInstruction } from './find-instruction.js';
import { HoldInstruction } from './hold-instruction.js';
import { HoldsModule } from './holds.module.js';
import { InstructionLog } from './instruction.log.js';
import { JudgeOrder } from './judge-order.js';
import { PlaceHold } from './place-hold.js';
import { ReadReceipt } from './read-receipt.js';
import { ResolveSubject } from './resolve-subject.js';
import { SealWriting } from './seal-writing.js';

/** Provides what a tenant can do with its instructions. */
@Module({
  imports: [SubjectsModule, HoldsModule],
  providers: [
    AcceptInstruction,
    FindHolds,
    FindInstruction,
    HoldInstruction,
    JudgeOrder,
    PlaceHold,
    ReadReceipt,
    InstructionLog,
    ResolveSubject,
    SealWriting,
  ],
  exports: [
    AcceptInstruction,
    FindHolds,
    FindInstruction,
    HoldInstruction,
    PlaceHold,
    ReadReceipt,
    InstructionLog,
    HoldsModule,
  ],
})
export class InstructionModule {}
