import { Module } from '@nestjs/common';
import { InstructionModule } from '@personr/instruction';
import { AwaitReceipt } from './await-receipt.js';
import { InstructionsController } from './instructions.controller.js';
import { ShowInstruction } from './show-instruction.js';

/** The routes of instructions. */
@Module({
  imports: [InstructionModule],
  controllers: [InstructionsController],
  providers: [AwaitReceipt, ShowInstruction],
  exports: [InstructionModule, ShowInstruction],
})
export class InstructionsModule {}
