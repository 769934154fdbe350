import { Module } from '@nestjs/common';
import { SubjectsModule } from '@personr/subjects';
import { AcceptInstruction } from './accept-instruction.js';
import { FindInstruction } from './find-instruction.js';
import { InstructionLog } from './instruction.log.js';
import { JudgeOrder } from './judge-order.js';
import { ReadReceipt } from './read-receipt.js';
import { ResolveSubject } from './resolve-subject.js';
import { SealWriting } from './seal-writing.js';

/** Provides what a tenant can do with its instructions. */
@Module({
  imports: [SubjectsModule],
  providers: [
    AcceptInstruction,
    FindInstruction,
    JudgeOrder,
    ReadReceipt,
    InstructionLog,
    ResolveSubject,
    SealWriting,
  ],
  exports: [AcceptInstruction, FindInstruction, ReadReceipt, InstructionLog],
})
export class InstructionModule {}
