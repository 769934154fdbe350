import { Module } from '@nestjs/common';
import { InstructionsModule } from '../instructions/instructions.module.js';
import { HoldsController } from './holds.controller.js';
import { InstructionHoldsController } from './instruction-holds.controller.js';

/** The routes of holds. */
@Module({
  imports: [InstructionsModule],
  controllers: [HoldsController, InstructionHoldsController],
})
export class HoldsRoutesModule {}
