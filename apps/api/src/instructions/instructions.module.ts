import { Module } from '@nestjs/common';
import { InstructionModule } from '@personr/instruction';
import { PackagesModule } from '@personr/packages';
import { ExchangeModule } from '../exchange/exchange.module.js';
import { AcknowledgeController } from './acknowledge.controller.js';
import { AwaitReceipt } from './await-receipt.js';
import { BatchController } from './batch.controller.js';
import { BatchLimits } from './batch-limits.js';
import { BatchStream } from './batch-stream.js';
import { InstructionStreams } from './instruction-streams.js';
import { InstructionsController } from './instructions.controller.js';
import { PackageController } from './package.controller.js';
import { SchemasController } from './schemas.controller.js';
import { ShowInstruction } from './show-instruction.js';
import { WatchController } from './watch.controller.js';

/** The routes of instructions. */
@Module({
  imports: [InstructionModule, PackagesModule, ExchangeModule],
  controllers: [
    InstructionsController,
    BatchController,
    PackageController,
    AcknowledgeController,
    WatchController,
    SchemasController,
  ],
  providers: [AwaitReceipt, BatchLimits, BatchStream, InstructionStreams, ShowInstruction],
  exports: [InstructionModule, ShowInstruction],
})
export class InstructionsModule {}
