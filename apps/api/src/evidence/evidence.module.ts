import { Module } from '@nestjs/common';
import { EntriesController } from './entries.controller.js';
import { EvidenceController } from './evidence.controller.js';

/** The routes of evidence. */
@Module({ controllers: [EvidenceController, EntriesController] })
export class EvidenceRoutesModule {}
