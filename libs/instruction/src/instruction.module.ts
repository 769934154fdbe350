import { Module } from '@nestjs/common';
import { SubjectsModule } from '@personr/subjects';
import { AcceptInstruction } from './accept-instruction.js';
import { AcceptInstructions } from './accept-instructions.js';
import { AcknowledgeTransfer } from './acknowledge-transfer.js';
import { BeginBatch } from './begin-batch.js';
import { AcceptLeaving } from './accept-leaving.js';
import { FindHolds } from './find-holds.js';
import { FindInstruction } from './find-instruction.js';
import { HoldInstruction } from './hold-instruction.js';
import { HoldsModule } from './holds.module.js';
import { InstructionLog } from './instruction.log.js';
import { JudgeOrders } from './judge-orders.js';
import { KeepIntents } from './keep-intents.js';
import { MeasureYear } from './measure-year.js';
import { KnowLimit } from './know-limit.js';
import { PlaceHold } from './place-hold.js';
import { ReadReceipt } from './read-receipt.js';
import { ReadReceipts } from './read-receipts.js';
import { ResolveSubjects } from './resolve-subjects.js';
import { SealWriting } from './seal-writing.js';
import { WriteInstructions } from './write-instructions.js';

/** Provides what a tenant can do with its instructions. */
@Module({
  imports: [SubjectsModule, HoldsModule],
  providers: [
    AcceptInstruction,
    AcceptInstructions,
    AcknowledgeTransfer,
    BeginBatch,
    AcceptLeaving,
    FindHolds,
    FindInstruction,
    HoldInstruction,
    JudgeOrders,
    KeepIntents,
    MeasureYear,
    KnowLimit,
    PlaceHold,
    ReadReceipt,
    ReadReceipts,
    InstructionLog,
    ResolveSubjects,
    SealWriting,
    WriteInstructions,
  ],
  exports: [
    AcceptInstruction,
    AcceptInstructions,
    AcknowledgeTransfer,
    BeginBatch,
    AcceptLeaving,
    FindHolds,
    FindInstruction,
    HoldInstruction,
    MeasureYear,
    PlaceHold,
    ReadReceipt,
    ReadReceipts,
    InstructionLog,
    HoldsModule,
  ],
})
export class InstructionModule {}
