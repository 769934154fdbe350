import { Module } from '@nestjs/common';
import { InstructionModule } from '@personr/instruction';
import { EntriesController } from './entries.controller.js';
import { EvidenceController } from './evidence.controller.js';
import { PackController } from './pack.controller.js';
import { PackEvidence } from './pack-evidence.js';

/** The routes of evidence. */
@Module({
  imports: [InstructionModule],
  controllers: [EvidenceController, EntriesController, PackController],
  providers: [PackEvidence],
})
export class EvidenceRoutesModule {}
